import type { RunEvent } from '../../core/events.js';
import type { ActorRef } from '../../core/request.js';
import type { Run } from '../../core/run.js';
import type { DiscordDeps } from './deps.js';
import { type LiveDeps, type LiveMessage, liveMessage } from './live-message.js';
import { discordShown } from './shown.js';

/** The runs under way that Discord shows. */
export interface LiveRuns {
  onEvent(event: RunEvent): void;
  /** Somebody asked this run to stop. */
  stopping(runId: string, by: ActorRef): void;
  /** No more edits of this run's progress; resolves when one under way has ended. */
  end(runId: string): Promise<void>;
}

/** Turns the events of runs under way into edits of their messages. */
export function liveRuns(deps: LiveDeps & Pick<DiscordDeps, 'runs' | 'redact'>): LiveRuns {
  const live = new Map<string, LiveMessage>();

  const follow = (event: Run): LiveMessage | null => {
    const known = live.get(event.id);
    if (known !== undefined) return known;
    const shown = discordShown(event);
    if (shown === null) return null;
    const message = liveMessage(deps, deps.redact(event), shown);
    live.set(event.id, message);
    return message;
  };

  const setRun = (message: LiveMessage, run: Run): void => {
    const { stopRequestedBy } = message.view().run;
    message.update({
      run: { ...deps.redact(run), stopRequestedBy: run.stopRequestedBy ?? stopRequestedBy },
    });
  };

  const showWaiting = async (message: LiveMessage, runId: string, ids: readonly string[]): Promise<void> => {
    try {
      const holders = await Promise.all(ids.map((id) => deps.runs.get(id)));
      message.update({ waitsFor: deps.redact(holders.filter((run) => run !== null)) });
    } catch (error) {
      deps.log.warn({ err: error, runId }, 'the runs in the way could not be read');
    }
  };

  const onEvent = (event: RunEvent): void => {
    if (event.type === 'queued' || event.type === 'running') {
      const message = follow(event.run);
      if (message === null) return;
      setRun(message, event.run);
      if (event.type === 'queued') void showWaiting(message, event.run.id, event.waitsFor);
    } else if (event.type === 'progress') {
      live.get(event.runId)?.update({ progress: deps.redact(event.progress) });
    } else if (event.type === 'step' && event.state === 'running') {
      const progress = { part: event.part, step: event.step };
      live.get(event.runId)?.update({ progress, stepStartedAt: deps.now() });
    }
  };

  return {
    onEvent,
    stopping: (runId, by) => {
      const message = live.get(runId);
      message?.update({ run: { ...message.view().run, stopRequestedBy: by } });
    },
    end: async (runId) => {
      const message = live.get(runId);
      live.delete(runId);
      await message?.end();
    },
  };
}
