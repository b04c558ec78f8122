/** See {@link CoreDeps.planningSlot}. */
export type PlanningSlot = <T>(
  places: readonly string[],
  work: () => Promise<T>,
  signal: AbortSignal,
) => Promise<T>;

/** How much is planned at once; times in ms. */
export interface PlanningLimits {
  /** Probing 40 sources at once would make a small machine slow for everybody. */
  readonly atOnce: number;
  /** Of one place: two that hang there are enough. */
  readonly perPlace: number;
  /** After so long a plan mostly waits for somebody else, and no longer counts among {@link atOnce}. */
  readonly busyMs: number;
  /** However long they take: what even waiting plans may add up to. */
  readonly atMost: number;
}

const DEFAULTS: PlanningLimits = { atOnce: 4, perPlace: 2, busyMs: 3000, atMost: 48 };

interface Waiting {
  readonly places: readonly string[];
  readonly begin: () => void;
}

/**
 * Gives out places for making plans, by the hosts and destinations that each one asks: what hangs at one of them
 * delays only what needs that one too. First come, first served, except for those whose place is taken.
 */
export function createPlanningSlots(limits: PlanningLimits = DEFAULTS): PlanningSlot {
  const waiting = new Set<Waiting>();
  const inUse = new Map<string, number>();
  let busy = 0;
  let all = 0;

  const mayBegin = (places: readonly string[]): boolean =>
    busy < limits.atOnce &&
    all < limits.atMost &&
    places.every((place) => (inUse.get(place) ?? 0) < limits.perPlace);

  const count = (places: readonly string[], by: number): void => {
    all += by;
    for (const place of places) {
      const users = (inUse.get(place) ?? 0) + by;
      if (users === 0) inUse.delete(place);
      else inUse.set(place, users);
    }
  };

  const next = (): void => {
    for (const one of waiting) {
      if (!mayBegin(one.places)) continue;
      waiting.delete(one);
      // Counted before anybody else is looked at.
      one.begin();
    }
  };

  const enter = (places: readonly string[]): (() => void) => {
    let isBusy = true;
    busy += 1;
    count(places, 1);
    const rest = (): void => {
      if (!isBusy) return;
      isBusy = false;
      busy -= 1;
      next();
    };
    const timer = setTimeout(rest, limits.busyMs).unref();
    return () => {
      clearTimeout(timer);
      count(places, -1);
      if (isBusy) rest();
      else next();
    };
  };

  /** The function that leaves again. Rejects with the signal's reason when that came first. */
  const turn = (places: readonly string[], signal: AbortSignal): Promise<() => void> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        waiting.delete(one);
        reject(signal.reason);
      };
      const one: Waiting = {
        places,
        begin: () => {
          signal.removeEventListener('abort', leave);
          resolve(enter(places));
        },
      };
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      waiting.add(one);
      next();
    });

  return async (named, work, signal) => {
    const leave = await turn([...new Set(named)], signal);
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
