import { rateKey } from './rate-limit.js';

/** Wrong keys, tokens and signatures of one address within {@link WINDOW_MS} that are only refused. */
const MOST_WRONG = 20;
const WINDOW_MS = 60_000;
/** Addresses and good pairs that are remembered at most; the oldest are forgotten first. */
const MOST_REMEMBERED = 10_000;

/** Ends guessing: an address that presented too many wrong keys gets no verdict on new ones for a while. */
export interface WrongKeys {
  /** Counts a wrong key. */
  wrong(from: string): void;
  /** Remembers that `holder`'s key was presented from there. */
  right(from: string, holder: string): void;
  /**
   * Whole seconds until keys from this address are looked at again; 0 when they are now. A holder whose right key came
   * from there before isn't locked out by somebody else's wrong ones.
   * @param holder whose key was presented; null for a wrong one
   */
  wait(from: string, holder: string | null): number;
}

interface Window {
  count: number;
  readonly ends: number;
}

export function createWrongKeys(now: () => number = () => performance.now()): WrongKeys {
  const windows = new Map<string, Window>();
  const good = new Map<string, true>();
  return {
    wrong: (from) => {
      const client = rateKey(from);
      const window = windows.get(client);
      if (window && window.ends > now()) window.count += 1;
      else remember(windows, client, { count: 1, ends: now() + WINDOW_MS });
    },
    right: (from, holder) => {
      const pair = `${rateKey(from)} ${holder}`;
      if (!good.has(pair)) remember(good, pair, true);
    },
    wait: (from, holder) => {
      const client = rateKey(from);
      const window = windows.get(client);
      if (!window || window.count < MOST_WRONG || window.ends <= now()) return 0;
      if (holder !== null && good.has(`${client} ${holder}`)) return 0;
      return Math.ceil((window.ends - now()) / 1000);
    },
  };
}

/** Put last, so that the map stays in the order of age. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MOST_REMEMBERED) map.delete(map.keys().next().value ?? '');
}
