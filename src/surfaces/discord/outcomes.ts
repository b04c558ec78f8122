import { commitOf } from '../../core/commit.js';
import { FINAL_STATES, isFinal, type Run } from '../../core/run.js';
import { failureOf } from './api-error.js';
import type { ChannelMessages } from './channel-messages.js';
import type { Closing } from './closing.js';
import type { DiscordDeps } from './deps.js';
import type { LiveRuns } from './live-runs.js';
import { outcomeMessage } from './render/outcome.js';
import { endedMessage } from './render/progress.js';
import { endsInPlace, settledMessage } from './render/settled.js';
import { type DiscordShown, discordShown, shownAt } from './shown.js';

const FIRST_RETRY_MS = 15_000;
const LAST_RETRY_MS = 60 * 60 * 1000;
const SWEEP_LIMIT = 50;
/** Runs of webhooks have no place of their own; their outcome is told in the ops channel. */
const TOLD_HERE = ['discord', 'webhook'] as const;

type OutcomeDeps = Pick<DiscordDeps, 'pipeline' | 'runs' | 'redact' | 'log' | 'now'> & {
  readonly config: Pick<DiscordDeps['config'], 'opsChannelId'>;
  readonly messages: ChannelMessages;
  readonly closing: Closing;
  readonly live: LiveRuns;
};

/** Tells people how runs ended, once each, whoever notices it first: the event or the sweep. */
export interface Outcomes {
  /** Never rejects. */
  deliver(run: Run): Promise<void>;
  /** Delivers what was not told yet, such as the end of runs that a crash cut off. Never rejects. */
  sweep(): Promise<void>;
  /** While a message is being opened, nothing else writes to it. Returns the function that ends this. */
  hold(messageId: string): () => void;
  /** Resolves when no delivery is under way. */
  idle(): Promise<void>;
}

export function createOutcomes(deps: OutcomeDeps): Outcomes {
  const { pipeline, runs, log, now } = deps;
  const underWay = new Map<string, Promise<void>>();
  const held = new Set<string>();
  /** Told, but the store could not note it yet. */
  const told = new Set<string>();
  const retries = new Map<string, { readonly at: number; readonly wait: number }>();

  const tellOnce = async (event: Run): Promise<void> => {
    const stored = await runs.get(event.id);
    const run = stored !== null && isFinal(stored.state) ? stored : event;
    const shown = discordShown(run);
    if (run.reported || (shown !== null && held.has(shown.liveId))) return;
    if (await isToldWithPrevious(runs, run, shown)) return;
    await deps.live.end(run.id);
    if (!told.has(run.id)) await (shown === null ? tellOps(deps, run) : tell(deps, run, shown));
    told.add(run.id);
    await pipeline.reported(run.id);
    told.delete(run.id);
    retries.delete(run.id);
  };

  const failed = async (runId: string, error: unknown): Promise<void> => {
    if (failureOf(error) === 'channel_gone') {
      log.error({ err: error, runId }, 'the channel of this run is gone: its outcome can’t be shown');
      await pipeline.reported(runId);
      return;
    }
    const wait = Math.min(LAST_RETRY_MS, (retries.get(runId)?.wait ?? FIRST_RETRY_MS / 2) * 2);
    retries.set(runId, { at: now().getTime() + wait, wait });
    log.warn({ err: error, runId, retryInMs: wait }, 'the outcome could not be shown; it is tried again');
  };

  const deliver = (run: Run): Promise<void> => {
    const running = underWay.get(run.id);
    if (running !== undefined) return running;
    const delivery = tellOnce(run)
      .catch((error: unknown) => failed(run.id, error))
      .catch((error: unknown) => log.error({ err: error, runId: run.id }, 'the outcome could not be noted'))
      .finally(() => underWay.delete(run.id));
    underWay.set(run.id, delivery);
    return delivery;
  };

  const sweep = async (): Promise<void> => {
    try {
      for (const unreportedBy of TOLD_HERE) {
        const open = await runs.list({ unreportedBy, states: FINAL_STATES, limit: SWEEP_LIMIT });
        for (const { id } of open) {
          if ((retries.get(id)?.at ?? 0) > now().getTime()) continue;
          const run = await runs.get(id);
          if (run !== null) await deliver(run);
        }
      }
    } catch (error) {
      log.warn({ err: error }, 'runs whose outcome was not told yet could not be read');
    }
  };

  return {
    deliver,
    sweep,
    hold: (messageId) => {
      held.add(messageId);
      return () => held.delete(messageId);
    },
    idle: async () => {
      await Promise.all(underWay.values());
    },
  };
}

/**
 * It took the place of a run that was under way: what is left could not run any more. That run's outcome, which
 * stands in a message of its own, tells it too.
 */
async function isToldWithPrevious(
  runs: OutcomeDeps['runs'],
  { previous, startedAt }: Run,
  shown: DiscordShown | null,
): Promise<boolean> {
  if (previous === null || startedAt !== null || shown === null) return false;
  const before = await runs.get(previous);
  if (before === null || before.startedAt === null || before.reported) return false;
  return discordShown(before)?.messageId === shown.messageId;
}

async function tell(deps: OutcomeDeps, run: Run, shown: DiscordShown): Promise<void> {
  await (endsInPlace(run) ? settle(deps, run, shown) : announce(deps, run, shown));
}

/** The outcome of a run that nobody in Discord asked for or confirmed, and that a commit did. */
async function tellOps({ messages, config, runs, redact }: OutcomeDeps, run: Run): Promise<void> {
  const channelId = config.opsChannelId ?? null;
  if (channelId === null || commitOf(run) === null) return;
  const text = redact(await runs.readLog(run.id));
  await messages.send(channelId, outcomeMessage(redact(run), text), {
    nonce: `${run.id}:outcome`.slice(0, 25),
  });
}

/** True when the end of such a run is told by the Discord surface. */
export function isToldHere({ shown }: Pick<Run, 'shown'>): boolean {
  return TOLD_HERE.some((surface) => surface === shown?.surface);
}

/**
 * A new message for the outcome; what stands above it loses its Stop button first. When something changed in the
 * middle, the preview of what is left stands below it, and waits there for its answer.
 */
async function announce(
  { messages, closing, runs, pipeline, redact, now }: OutcomeDeps,
  run: Run,
  shown: DiscordShown,
) {
  const { channelId, messageId, liveId } = shown;
  const clean = redact(run);
  const next = await successorOf(runs, run);
  await closing.close(run.id, channelId, liveId, endedMessage(clean, liveId === messageId));
  const text = redact(await runs.readLog(run.id));
  const asks = next !== null && (next.state === 'awaiting' || next.state === 'refused');
  const message = outcomeMessage(clean, text, asks ? redact(next) : undefined);
  const id = await messages.send(channelId, message, {
    replyTo: messageId,
    nonce: `${run.id}:outcome`.slice(0, 25),
  });
  if (asks) await pipeline.show(next.id, shownAt(channelId, id, now()));
  if (next?.state === 'refused') await pipeline.reported(next.id);
}

async function successorOf(runs: OutcomeDeps['runs'], { outcome }: Run): Promise<Run | null> {
  return outcome?.successor === undefined ? null : runs.get(outcome.successor);
}

/** The preview itself changes. When it can't be edited, what people must still see is sent anew. */
async function settle(deps: OutcomeDeps, run: Run, shown: DiscordShown): Promise<void> {
  const { messages, runs, pipeline, redact, now } = deps;
  const next = await successorOf(runs, run);
  const message = settledMessage(redact(run), redact(next));
  let at = shown;
  try {
    await messages.edit(shown.channelId, shown.liveId, message, 'replace');
  } catch (error) {
    const failure = failureOf(error);
    if (failure !== 'message_gone' && failure !== 'message_old') throw error;
    if (failure === 'message_gone' && (run.state === 'cancelled' || run.state === 'expired')) return;
    at = shownAt(shown.channelId, await messages.send(shown.channelId, message), now());
  }
  if (next === null) return;
  if (discordShown(next)?.liveId !== at.liveId) await pipeline.show(next.id, at);
  if (isFinal(next.state)) await pipeline.reported(next.id);
}
