import type { QuiesceTimes } from '../../../src/executors/quiesce/times.js';

/** Short, so that tests don't wait for what never comes. */
export const QUICK: QuiesceTimes = {
  ...{
    stopSeconds: 10,
    pollMs: 20,
    retryMs: 50,
    putBackMs: 2000,
    stableMs: 50,
    healthMs: 10_000,
    watchMs: 300,
  },
};
