import type { ProgressSnapshot } from '../model/run.js';
import type { RunLog } from '../records/run-log.js';
import { atMost } from '../text/at-most.js';
import type { PartDeps } from './part-context.js';

/** How often a running run's progress and log are written to the store, in ms. */
const SAVE_EVERY = 2000;
/** What is not saved by then holds up no end, in ms. */
const PATIENCE = 2000;

export interface ProgressSaver {
  readonly progress: (snapshot: ProgressSnapshot) => void;
  /** Saves what is not saved yet, and saves no more. */
  readonly end: () => Promise<void>;
}

/** Emits each progress at once, and saves the latest with the log every {@link SAVE_EVERY} ms. */
export function startSaver(
  deps: Pick<PartDeps, 'store' | 'events' | 'redactor' | 'log'>,
  runId: string,
  log: RunLog,
): ProgressSaver {
  let latest: ProgressSnapshot | null = null;
  const save = async (): Promise<void> => {
    const progress = latest;
    latest = null;
    try {
      if (progress) await deps.store.runs.patch(runId, { progress });
      if (log.changed) await deps.store.runs.writeLog(runId, log.text());
    } catch (error) {
      deps.log.warn({ err: error, runId }, 'progress could not be saved');
    }
  };
  const timer = setInterval(() => void save(), SAVE_EVERY);
  return {
    progress: ({ steps, ...at }: ProgressSnapshot): void => {
      // The steps' names come from the intent, and there may be a thousand: they are not looked through each time.
      const clean = { ...deps.redactor.data(at), ...(steps ? { steps } : {}) };
      latest = clean;
      deps.events.emit({ type: 'progress', runId, progress: clean });
    },
    end: (): Promise<void> => {
      clearInterval(timer);
      return atMost(save(), PATIENCE);
    },
  };
}
