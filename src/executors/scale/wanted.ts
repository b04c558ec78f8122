import type { Wanted } from '../compose/bring-up.js';
import type { ScaleData } from './data.js';

/** This many containers, as many as before or as are wanted; those that are there are not made anew. */
export function replicasOf({ service, needs, wanted, before }: ScaleData, replicas: number): Wanted {
  const isMore = replicas === Math.max(wanted, before.length);
  return { service, replicas, needs: isMore ? needs : [], existing: 'keep' };
}
