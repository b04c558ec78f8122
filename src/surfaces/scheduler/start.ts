import type { SchedulerDeps } from './deps.js';
import { createScheduler } from './scheduler.js';

const SECOND = 1000;
/** Looks that many steps ask for become one; between them everything else has its turn, in ms. */
const GAP_MS = 100;
/** How long runs that are being prepared may take when the bot stops, in ms; later they are cut off. */
const LAST_STEPS_MS = 2000;

/** The running scheduler. */
export interface RunningScheduler {
  /** Begins no more, and gives what is under way a moment. */
  stop(): Promise<void>;
}

/** Looks at every full second, because times are full seconds, and besides when something has moved. */
export function startScheduler(deps: SchedulerDeps): RunningScheduler {
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let another = false;
  let over = false;

  const lookSoon = (ms: number): void => {
    clearTimeout(timer);
    if (!over) timer = setTimeout(look, ms);
  };
  const stepped = (): void => {
    another = true;
    if (looking === null) lookSoon(GAP_MS);
  };
  const look = (): void => {
    another = false;
    looking = scheduler
      .look()
      .catch((error: unknown) => deps.log.error({ err: error }, 'schedules could not be looked at'))
      .finally(() => {
        looking = null;
        const second = SECOND - (deps.now().getTime() % SECOND);
        lookSoon(another ? Math.min(GAP_MS, second) : second);
      });
  };
  const scheduler = createScheduler(deps, stepped);
  const unsubscribe = deps.pipeline.events.subscribe((event) => {
    if (event.type === 'finished' && event.run.source === 'schedule') stepped();
  });
  look();

  return {
    stop: async () => {
      over = true;
      clearTimeout(timer);
      unsubscribe();
      const last = Promise.all([looking, scheduler.end()]);
      let patience: NodeJS.Timeout | undefined;
      await Promise.race([
        last,
        new Promise<void>((resolve) => {
          patience = setTimeout(resolve, LAST_STEPS_MS);
        }),
      ]);
      clearTimeout(patience);
    },
  };
}
