import type { ActorRef } from '../../core/model/request.js';
import type { ProgressSnapshot, Run } from '../../core/model/run.js';
import { paceAfter } from '../../core/planning/pace.js';
import type { RunEvent } from '../../core/ports/events.js';
import { graphPaceAfter } from '../../core/views/graph-pace.js';
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
  /** {@link end} for all of them: this process shows nothing more. */
  endAll(): Promise<void>;
}

/** How often runs are looked at for what time alone changes: a step that is stuck says nothing, in ms. */
const TICK_MS = 10_000;

/** Turns the events of runs under way into edits of their messages. */
export function liveRuns(deps: LiveDeps & Pick<DiscordDeps, 'runs' | 'redact'>): LiveRuns {
  const live = new Map<string, LiveMessage>();
  let ticker: NodeJS.Timeout | undefined;
  const tick = (): void => {
    for (const message of live.values()) message.tick();
  };

  const follow = (event: Run): LiveMessage | null => {
    const known = live.get(event.id);
    if (known !== undefined) return known;
    const shown = discordShown(event);
    if (shown === null) return null;
    const message = liveMessage(deps, deps.redact(event), shown);
    live.set(event.id, message);
    ticker ??= setInterval(tick, TICK_MS).unref();
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

  const report = (runId: string, progress: ProgressSnapshot): void => {
    const message = live.get(runId);
    if (message === undefined) return;
    const { run, pace, graph } = message.view();
    const now = deps.now().getTime();
    message.update({
      pace: paceAfter(pace, progress, now),
      graph: graphPaceAfter(run.plan, graph, progress, now),
    });
  };

  const onEvent = (event: RunEvent): void => {
    if (event.type === 'queued' || event.type === 'running') {
      const message = follow(event.run);
      if (message === null) return;
      setRun(message, event.run);
      if (event.type === 'queued') void showWaiting(message, event.run.id, event.waitsFor);
    } else if (event.type === 'progress') {
      report(event.runId, deps.redact(event.progress));
    } else if (event.type === 'step' && event.state === 'running') {
      report(event.runId, { part: event.part, step: event.step });
    }
  };

  const end = async (runId: string): Promise<void> => {
    const message = live.get(runId);
    live.delete(runId);
    if (live.size === 0) {
      clearInterval(ticker);
      ticker = undefined;
    }
    await message?.end();
  };

  return {
    onEvent,
    stopping: (runId, by) => {
      const message = live.get(runId);
      message?.update({ run: { ...message.view().run, stopRequestedBy: by } });
    },
    end,
    endAll: async () => {
      await Promise.all([...live.keys()].map(end));
    },
  };
}
