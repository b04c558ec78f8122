import { belongsToOps } from '../../core/model/consent.js';
import { isFinal, type Run, type RunSummary } from '../../core/model/run.js';
import type { RunEvent } from '../../core/ports/events.js';
import { failureOf } from './api-error.js';
import type { ChannelMessages } from './channel-messages.js';
import type { DiscordDeps } from './deps.js';
import type { Outcomes } from './outcomes.js';
import { previewMessage } from './render/preview.js';
import { type DiscordShown, discordShown, shownAt } from './shown.js';

const SWEEP_LIMIT = 100;
const RETRY_MS = 60_000;

type WaitingDeps = Pick<DiscordDeps, 'pipeline' | 'runs' | 'redact' | 'log' | 'now' | 'config'> & {
  readonly messages: ChannelMessages;
  readonly outcomes: Outcomes;
};

/** Shows previews that wait for people and that nobody in Discord asked for, and keeps waiting previews current. */
export interface WaitingPreviews {
  onEvent(event: RunEvent): void;
  /** Posts what is not shown anywhere yet, whichever process planned it. Never rejects. */
  sweep(): Promise<void>;
}

export function waitingPreviews(deps: WaitingDeps): WaitingPreviews {
  const { pipeline, runs, redact, log, now, messages, outcomes } = deps;
  const opsChannelId = deps.config.opsChannelId ?? null;
  const posting = new Map<string, Promise<void>>();
  /** When a preview that could not be posted is tried again, in ms since 1970. */
  const retryAt = new Map<string, number>();

  /** Discord knows the nonce of a message for some minutes: a crash right after sending makes no second one. */
  const post = async (id: string, channelId: string): Promise<void> => {
    const run = await runs.get(id);
    if (run === null || !isUnshown(run)) return;
    const nonce = `${run.id}:preview`.slice(0, 25);
    const messageId = await messages.send(channelId, previewMessage(redact(run)), { nonce });
    await pipeline.show(run.id, shownAt(channelId, messageId, now()));
    await catchUp(id);
  };

  /** It may have been answered or have expired while its message was being sent. */
  const catchUp = async (id: string): Promise<void> => {
    const run = await runs.get(id);
    if (run !== null && isFinal(run.state)) await outcomes.deliver(run);
  };

  const postOnce = (run: RunSummary): Promise<void> => {
    if (opsChannelId === null || !isUnshown(run)) return Promise.resolve();
    if ((retryAt.get(run.id) ?? 0) > now().getTime()) return Promise.resolve();
    const known = posting.get(run.id);
    if (known !== undefined) return known;
    const work = post(run.id, opsChannelId)
      .catch((error: unknown) => {
        retryAt.set(run.id, now().getTime() + RETRY_MS);
        log.error({ err: error, runId: run.id }, 'a preview could not be posted in the ops channel');
      })
      .finally(() => posting.delete(run.id));
    posting.set(run.id, work);
    return work;
  };

  const redraw = async (id: string): Promise<void> => {
    const run = await runs.get(id);
    const shown = run && discordShown(run);
    if (run?.state !== 'awaiting' || !shown) return;
    const message = previewMessage(redact(run));
    try {
      await messages.edit(shown.channelId, shown.liveId, message, 'replace');
    } catch (error) {
      const failure = failureOf(error);
      if (failure !== 'message_old' && failure !== 'message_gone') throw error;
      await pipeline.show(id, await sendAnew(shown, message));
    }
  };

  const sendAnew = async (
    { channelId }: DiscordShown,
    message: ReturnType<typeof previewMessage>,
  ): Promise<DiscordShown> => shownAt(channelId, await messages.send(channelId, message), now());

  return {
    onEvent: (event) => {
      if (event.type === 'planned') void postOnce(event.run);
      if (event.type === 'consent') {
        redraw(event.run.id).catch((error: unknown) =>
          log.warn({ err: error, runId: event.run.id }, 'a waiting preview could not be redrawn'),
        );
      }
    },
    sweep: async () => {
      try {
        const waiting = await runs.list({ states: ['awaiting'], limit: SWEEP_LIMIT });
        for (const run of waiting) await postOnce(run);
      } catch (error) {
        log.warn({ err: error }, 'waiting runs could not be read');
      }
    },
  };
}

function isUnshown(run: Run | RunSummary): boolean {
  return run.state === 'awaiting' && belongsToOps(run) && discordShown(run) === null;
}
