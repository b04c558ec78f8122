import { commitOf } from '../../core/model/commit.js';
import { isFinal, type Run } from '../../core/model/run.js';
import { failureOf } from './api-error.js';
import type { ChannelMessages } from './channel-messages.js';
import type { Closing } from './closing.js';
import type { DiscordDeps } from './deps.js';
import { type Elsewhere, outcomeMessage } from './render/outcome.js';
import { endedMessage } from './render/progress.js';
import { endsInPlace, settledMessage } from './render/settled.js';
import { type DiscordShown, discordShown, shownAt } from './shown.js';

export type TellDeps = Pick<DiscordDeps, 'pipeline' | 'runs' | 'redact' | 'log' | 'now'> & {
  readonly config: Pick<DiscordDeps['config'], 'opsChannelId'>;
  readonly messages: ChannelMessages;
  readonly closing: Closing;
};

/**
 * Tells how a run ended where it is shown, else in the ops channel: a run that is shown nowhere, and one whose channel
 * takes nothing any more. Rejects when that can be tried again.
 */
export async function tellOutcome(deps: TellDeps, run: Run, shown: DiscordShown | null): Promise<void> {
  if (shown === null) return tellOps(deps, run);
  try {
    await (endsInPlace(run) ? settle(deps, run, shown) : announce(deps, run, shown));
  } catch (error) {
    const why = UNREACHABLE[failureOf(error)];
    if (why === undefined) throw error;
    await tellElsewhere(deps, run, { channelId: shown.channelId, why }, error);
  }
}

/** What Discord says of a channel that takes nothing any more, and what people read of it. */
const UNREACHABLE: Readonly<Partial<Record<ReturnType<typeof failureOf>, Elsewhere['why']>>> = {
  channel_gone: 'gone',
  forbidden: 'forbidden',
  thread_closed: 'closed',
};

/** The outcome, and what waits for an answer since, in the ops channel. What ended unanswered needs no word there. */
async function tellElsewhere(
  { messages, config, runs, pipeline, redact, now, log }: TellDeps,
  run: Run,
  elsewhere: Elsewhere,
  error: unknown,
): Promise<void> {
  if (run.state === 'cancelled' && run.startedAt === null) return;
  if (run.state === 'expired') return;
  const channelId = config.opsChannelId ?? null;
  const fields = { err: error, runId: run.id, channelId: elsewhere.channelId };
  if (channelId === null) {
    log.error(
      fields,
      'the channel of this run takes nothing any more, and there is no ops channel: nobody is told',
    );
    return;
  }
  // Perhaps it comes back.
  if (channelId === elsewhere.channelId) throw error;
  log.warn(fields, 'the channel of this run takes nothing any more: its outcome goes to the ops channel');
  const next = await successorOf(runs, run);
  const asks = next !== null && (next.state === 'awaiting' || next.state === 'refused');
  const text = redact(await runs.readLog(run.id));
  const message = outcomeMessage(redact(run), text, asks ? redact(next) : undefined, elsewhere);
  const id = await messages.send(channelId, message, { nonce: nonceOf(run) });
  if (asks) await shownThere({ pipeline, now }, next, channelId, id);
}

/** The outcome of a run that nobody in Discord asked for or confirmed, and that a commit did. */
async function tellOps({ messages, config, runs, redact }: TellDeps, run: Run): Promise<void> {
  const channelId = config.opsChannelId ?? null;
  if (channelId === null || commitOf(run) === null) return;
  const text = redact(await runs.readLog(run.id));
  await messages.send(channelId, outcomeMessage(redact(run), text), { nonce: nonceOf(run) });
}

/**
 * A new message for the outcome; what stands above it loses its Stop button first. When something changed in the
 * middle, the preview of what is left stands below it, and waits there for its answer.
 */
async function announce(
  { messages, closing, runs, pipeline, redact, now }: TellDeps,
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
    nonce: nonceOf(run),
  });
  if (asks) await shownThere({ pipeline, now }, next, channelId, id);
}

/** What takes the run's place stands in this message now. */
async function shownThere(
  { pipeline, now }: Pick<TellDeps, 'pipeline' | 'now'>,
  next: Run,
  channelId: string,
  messageId: string,
): Promise<void> {
  await pipeline.show(next.id, shownAt(channelId, messageId, now()));
  if (next.state === 'refused') await pipeline.reported(next.id);
}

/** Discord knows it for some minutes: a crash right after sending makes no second message. */
function nonceOf({ id }: Run): string {
  return `${id}:outcome`.slice(0, 25);
}

async function successorOf(runs: TellDeps['runs'], { outcome }: Run): Promise<Run | null> {
  return outcome?.successor === undefined ? null : runs.get(outcome.successor);
}

/** The preview itself changes. When it can't be edited, what people must still see is sent anew. */
async function settle(deps: TellDeps, run: Run, shown: DiscordShown): Promise<void> {
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
