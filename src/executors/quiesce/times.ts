/** How long things may take; milliseconds where the name says so. */
export interface QuiesceTimes {
  /** Seconds that the container gets to end by itself: databases are written back then. */
  readonly stopSeconds: number;
  /** Between two looks at the container. */
  readonly pollMs: number;
  /** Between two attempts to put the container back. */
  readonly retryMs: number;
  /** For how long that is attempted. */
  readonly putBackMs: number;
  /** A container without a health check must run this long to count as up. */
  readonly stableMs: number;
  /** Until a container with a health check must be healthy. */
  readonly healthMs: number;
  /** How long each look at what happens to containers takes while some are held. */
  readonly watchMs: number;
}

export const TIMES: QuiesceTimes = {
  stopSeconds: 60,
  pollMs: 500,
  retryMs: 2000,
  putBackMs: 60_000,
  stableMs: 2000,
  healthMs: 120_000,
  watchMs: 2000,
};
