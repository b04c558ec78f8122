/** How long a client wants to wait for a run's end, after its `Prefer` header (RFC 7240); ms. */
export function patience(prefer: string | undefined): number {
  const wishes = (prefer ?? '').split(',').map((wish) => wish.trim().toLowerCase());
  if (!wishes.includes('respond-async')) return Number.POSITIVE_INFINITY;
  const seconds = wishes.map((wish) => /^wait=(\d{1,6})$/.exec(wish)?.[1]).find((found) => found);
  return seconds === undefined ? 0 : Number(seconds) * 1000;
}

/** What `done` resolves with, or null when it takes longer than the client wants to wait. */
export async function within<T>(done: Promise<T>, ms: number): Promise<T | null> {
  if (ms === Number.POSITIVE_INFINITY) return done;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ms, null);
  });
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}
