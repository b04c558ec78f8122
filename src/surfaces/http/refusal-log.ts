import type { Log } from '../../core/ports/log.js';

/** Further refusals of the same kind are only counted for so long, in ms: a flood must not fill the disk. */
const QUIET_MS = 60_000;

/** Something that was not done for a client. Every member but `from` is one of a few fixed words. */
export interface Refusal {
  /** A reason code, or what is wrong with the request: `too_large`, `too_slow`, `malformed`, … */
  readonly reason: string;
  /** The path as the API describes it; `other` where nothing is served. */
  readonly path: string;
  /** The client's address. */
  readonly from: string;
}

/** Writes a line for the first refusal of a kind, and one with the number of those that followed. */
export interface RefusalLog {
  note(refusal: Refusal): void;
  /** Writes the numbers that are not written yet. */
  end(): void;
}

export function createRefusalLog(log: Log): RefusalLog {
  const kinds = new Map<string, { readonly last: Refusal; readonly more: number }>();
  let timer: NodeJS.Timeout | null = null;
  const sum = (): void => {
    timer = null;
    for (const { last, more } of kinds.values()) {
      if (more > 0) log.warn({ ...last, more }, 'more calls were refused for the same reason');
    }
    kinds.clear();
  };
  return {
    note: (refusal) => {
      const kind = `${refusal.reason} ${refusal.path}`;
      const before = kinds.get(kind);
      kinds.set(kind, { last: refusal, more: before ? before.more + 1 : 0 });
      if (!before) log.warn(refusal, 'a call was refused');
      timer ??= setTimeout(sum, QUIET_MS).unref();
    },
    end: () => {
      if (timer !== null) clearTimeout(timer);
      sum();
    },
  };
}
