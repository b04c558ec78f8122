import type { Wanted } from '../compose/bring-up.js';
import type { ScaleData } from './data.js';

/** This many containers; those that are there are not made anew. */
export function replicasOf({ service, needs }: ScaleData, replicas: number): Wanted {
  return { service, replicas, needs, existing: 'keep' };
}
