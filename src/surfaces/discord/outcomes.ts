import { FINAL_STATES, isFinal, type Run } from '../../core/model/run.js';
import type { LiveRuns } from './live-runs.js';
import { type DiscordShown, discordShown } from './shown.js';
import { type TellDeps, tellOutcome } from './tell-outcome.js';

const FIRST_RETRY_MS = 15_000;
const LAST_RETRY_MS = 60 * 60 * 1000;
const SWEEP_LIMIT = 50;
/** Runs of webhooks have no place of their own; their outcome is told in the ops channel. */
const TOLD_HERE = ['discord', 'webhook'] as const;

type OutcomeDeps = TellDeps & { readonly live: LiveRuns };

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
    if (!told.has(run.id)) await tellOutcome(deps, run, shown);
    told.add(run.id);
    await pipeline.reported(run.id);
    told.delete(run.id);
    retries.delete(run.id);
  };

  const failed = (runId: string, error: unknown): void => {
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

/** True when the end of such a run is told by the Discord surface. */
export function isToldHere({ shown }: Pick<Run, 'shown'>): boolean {
  return TOLD_HERE.some((surface) => surface === shown?.surface);
}
