import Bottleneck from 'bottleneck';
import type { Rate, RequestCounter } from '../core/limits.js';

/** Where budgets are kept: in this process, or in a Redis that several share. */
export type Budgets = Pick<Bottleneck.ConstructorOptions, 'datastore' | 'connection'>;

/** Bottleneck forgets who was idle this long, in ms; never before the time of the budget is over. */
const FORGET_AFTER = 300_000;

/** Counts with one Bottleneck for each key, in a group for each rate. */
export function createRequestCounter(budgets: Budgets = {}): RequestCounter & { close(): Promise<void> } {
  const groups = new Map<string, Bottleneck.Group>();
  const groupFor = (rate: Rate): Bottleneck.Group => {
    const id = `chatops:${rate.runs}:${rate.perSeconds}`;
    const known = groups.get(id);
    if (known) return known;
    const window = rate.perSeconds * 1000;
    const group = new Bottleneck.Group({
      id,
      reservoir: rate.runs,
      reservoirRefreshAmount: rate.runs,
      reservoirRefreshInterval: window,
      timeout: Math.max(FORGET_AFTER, 2 * window),
      ...budgets,
    });
    // Each take tells of its own failure; an error event that nobody hears would end the process.
    group.on('error', () => {});
    groups.set(id, group);
    return group;
  };
  return {
    // Taking from the reservoir is one atomic step. A job that is scheduled is two, and between them another
    // instance can take what was left: it would then wait in the queue instead of being refused.
    take: async (key, rate) => ((await groupFor(rate).key(key).incrementReservoir(-1)) ?? 0) >= 0,
    close: async () => {
      await Promise.all([...groups.values()].map((group) => group.disconnect(false)));
    },
  };
}
