import type { Run } from '../../core/run.js';
import { failureOf } from './api-error.js';
import type { ChannelMessages } from './channel-messages.js';
import type { DiscordDeps } from './deps.js';
import { latestWins } from './latest-wins.js';
import { type LiveView, movedMessage, progressMessage } from './render/progress.js';
import type { DiscordShown } from './shown.js';

/** Discord limits edits of messages over an hour old (error 30046): a fresh one is sent before. */
const FRESH_FOR_MS = 55 * 60 * 1000;
const EDIT_GAP_MS = 2000;

export type LiveDeps = Pick<DiscordDeps, 'pipeline' | 'log' | 'now' | 'config'> & {
  readonly messages: ChannelMessages;
};

/** The message in which one run's progress is shown. */
export interface LiveMessage {
  readonly view: () => Omit<LiveView, 'now'>;
  update(change: Partial<Omit<LiveView, 'now'>>): void;
  /** Draws nothing more; resolves when an edit under way has ended. */
  end(): Promise<void>;
}

/** Edits the run's message as its view changes, and moves to a new message when the old one can't be used. */
export function liveMessage(deps: LiveDeps, run: Run, where: DiscordShown): LiveMessage {
  const { messages, pipeline, log, now } = deps;
  let view: Omit<LiveView, 'now'> = { run, waitsFor: [], progress: null, stepStartedAt: null };
  let shown = where;

  const draw = (withPreview: boolean) => progressMessage({ ...view, now: now() }, withPreview);
  const inPreview = () => shown.liveId === shown.messageId;

  const edit = async (): Promise<void> => {
    if (now().getTime() - shown.liveSince > FRESH_FOR_MS) return move('message_old');
    try {
      await messages.edit(shown.channelId, shown.liveId, draw(inPreview()), 'keep');
    } catch (error) {
      const failure = failureOf(error);
      if (failure === 'message_gone' || failure === 'message_old') return move(failure);
      throw error;
    }
  };

  const move = async (why: 'message_gone' | 'message_old'): Promise<void> => {
    const left = shown;
    const hadPreview = inPreview();
    const options = why === 'message_old' ? { replyTo: left.messageId } : {};
    const liveId = await messages.send(left.channelId, draw(false), options);
    shown = { ...left, liveId, liveSince: now().getTime() };
    await pipeline.show(view.run.id, shown);
    if (why === 'message_old') {
      await messages.edit(left.channelId, left.liveId, movedMessage(view.run, hadPreview), 'keep');
    }
  };

  const drawing = latestWins(async () => {
    try {
      await edit();
    } catch (error) {
      log.warn({ err: error, runId: view.run.id }, 'progress could not be shown');
      if (failureOf(error) === 'channel_gone') void drawing.end();
    }
  }, deps.config.editGapMs ?? EDIT_GAP_MS);

  return {
    view: () => view,
    update: (change) => {
      view = { ...view, ...change };
      drawing.request();
    },
    end: () => drawing.end(),
  };
}
