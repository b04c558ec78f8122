import Bottleneck from 'bottleneck';
import type { Rate, RequestCounter } from '../core/ports/budgets.js';

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
  const accounts = new WeakMap<Bottleneck, Account>();
  const accountOf = (limiter: Bottleneck): Account => {
    const account = accounts.get(limiter) ?? new Account(limiter);
    accounts.set(limiter, account);
    return account;
  };
  return {
    take: async (key, rate) => {
      const limiter = groupFor(rate).key(key);
      return budgets.datastore === undefined ? accountOf(limiter).take() : (await takeOne(limiter)) >= 0;
    },
    close: async () => {
      await Promise.all([...groups.values()].map((group) => group.disconnect(false)));
    },
  };
}

/**
 * What is left of a budget that only this process takes from: at least what it was, less what was taken since.
 * Bottleneck itself answers a millisecond later at the soonest, for which a first answer in Discord need not wait.
 */
class Account {
  #asked = 0;
  #left = 0;

  constructor(private readonly limiter: Bottleneck) {}

  async take(): Promise<boolean> {
    const mine = ++this.#asked;
    const isSure = this.#left > 0;
    this.#left -= 1;
    const taken = takeOne(this.limiter).then((left) => {
      this.#left = left - (this.#asked - mine);
      return left >= 0;
    });
    return isSure || taken;
  }
}

/**
 * What is left after taking one. That is one atomic step; a job that is scheduled is two, and between them another
 * instance can take what was left: it would then wait in the queue instead of being refused.
 */
async function takeOne(limiter: Bottleneck): Promise<number> {
  return (await limiter.incrementReservoir(-1)) ?? 0;
}
