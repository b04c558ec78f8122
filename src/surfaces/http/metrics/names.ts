import type { Registry } from 'prom-client';

/** The registry that a group of metrics adds itself to. */
export interface Into {
  readonly registers: Registry[];
}

/** Label value for an intent, an action or a stack that does not exist: strangers' words become no labels. */
export const UNKNOWN = 'unknown';

/** Seconds: from a quick scale to a backup over night. */
export const LONG_BUCKETS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400];

export const MS_PER_SECOND = 1000;
