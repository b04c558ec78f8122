import type { Run } from '../../core/model/run.js';
import { failureOf } from './api-error.js';
import type { ChannelMessages } from './channel-messages.js';
import type { DiscordDeps } from './deps.js';
import { latestWins } from './latest-wins.js';
import type { Message } from './render/fit.js';
import type { LiveView } from './render/live-view.js';
import { movedMessage, progressMessage } from './render/progress.js';
import type { DiscordShown } from './shown.js';

/** Discord limits edits of messages over an hour old (error 30046): a fresh one is sent before. */
const FRESH_FOR_MS = 55 * 60 * 1000;
const EDIT_GAP_MS = 2000;
/** For so long an edit under way may hold up what tells the run's end. */
const END_PATIENCE_MS = 2000;

export type LiveDeps = Pick<DiscordDeps, 'pipeline' | 'log' | 'now' | 'config'> & {
  readonly messages: ChannelMessages;
};

/** The message in which one run's progress is shown. */
export interface LiveMessage {
  readonly view: () => Omit<LiveView, 'now'>;
  update(change: Partial<Omit<LiveView, 'now'>>): void;
  /** Time has passed: what it says may have changed by that alone, and an edit that failed is tried again. */
  tick(): void;
  /** Draws nothing more; resolves when an edit under way has ended. */
  end(): Promise<void>;
}

/** Edits the run's message as its view changes, and moves to a new message when the old one can't be used. */
export function liveMessage(deps: LiveDeps, run: Run, where: DiscordShown): LiveMessage {
  const { messages, pipeline, log, now } = deps;
  const withdraw = new AbortController();
  const cut = new AbortController();
  let view: Omit<LiveView, 'now'> = { run, waitsFor: [], pace: null, graph: null };
  let shown = where;
  /** The message as people see it, as JSON; null while that is not known, as after an edit that failed. */
  let visible: string | null = null;

  const draw = (withPreview: boolean) => progressMessage({ ...view, now: now() }, withPreview);
  const inPreview = () => shown.liveId === shown.messageId;

  const edit = async (onRead: () => void): Promise<void> => {
    if (now().getTime() - shown.liveSince > FRESH_FOR_MS) return move('message_old');
    let drawn = visible;
    const news = (): Message | null => {
      onRead();
      const message = draw(inPreview());
      drawn = JSON.stringify(message);
      return drawn === visible ? null : message;
    };
    try {
      await messages.redraw(shown.channelId, shown.liveId, news, {
        withdraw: withdraw.signal,
        cut: cut.signal,
      });
      visible = drawn;
    } catch (error) {
      visible = null;
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
    visible = null;
    await pipeline.show(view.run.id, shown);
    if (why === 'message_old') {
      await messages.edit(left.channelId, left.liveId, movedMessage(view.run, hadPreview), 'keep');
    }
  };

  const drawing = latestWins(async (onRead) => {
    try {
      await edit(onRead);
    } catch (error) {
      if (withdraw.signal.aborted) return;
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
    tick: () => drawing.request(),
    end: async () => {
      withdraw.abort();
      const impatient = setTimeout(() => cut.abort(), END_PATIENCE_MS);
      await drawing.end();
      clearTimeout(impatient);
    },
  };
}
