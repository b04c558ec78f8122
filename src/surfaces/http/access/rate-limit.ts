/** Counts calls by client. */
export interface RateLimiter {
  /** Counts one call, refused ones too. */
  hit(key: string): Promise<RateVerdict>;
  close(): void;
}

export interface RateVerdict {
  readonly allowed: boolean;
  /** Whole seconds until the client's count starts anew. */
  readonly retryAfter: number;
}

export interface RateLimit {
  /** Calls in each window; 0 lets everything through. */
  readonly limit: number;
  readonly windowMs: number;
}

/** Clients remembered at most; beyond that the one whose window began first is forgotten. */
const MAX_CLIENTS = 10_000;

interface Window {
  count: number;
  readonly ends: number;
}

/** Counts in this process. A client's window begins with its first call and ends after `windowMs`. */
export function createLocalLimiter(
  { limit, windowMs }: RateLimit,
  now: () => number = Date.now,
  maxClients = MAX_CLIENTS,
): RateLimiter {
  const windows = new Map<string, Window>();
  return {
    hit: async (key) => {
      const at = now();
      let window = windows.get(key);
      if (!window || window.ends <= at) {
        // Deleted first, so that the map stays in the order in which windows began.
        windows.delete(key);
        window = { count: 0, ends: at + windowMs };
        windows.set(key, window);
        if (windows.size > maxClients) windows.delete(windows.keys().next().value ?? '');
      }
      window.count += 1;
      return verdict(limit, window.count, window.ends - at);
    },
    close: () => windows.clear(),
  };
}

export function verdict(limit: number, count: number, msLeft: number): RateVerdict {
  return { allowed: limit === 0 || count <= limit, retryAfter: Math.max(1, Math.ceil(msLeft / 1000)) };
}

/**
 * What counts as one client: an IPv4 address, or the /64 network that a single IPv6 machine usually has all
 * addresses of.
 */
export function rateKey(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return `${[...left, ...Array<string>(zeros).fill('0'), ...right].slice(0, 4).join(':')}::/64`;
}
