/** Keeps the last bytes of a stream. */
export interface Tail {
  write(chunk: Buffer): void;
  /** What is kept, decoded as UTF-8; invalid bytes become U+FFFD. */
  text(): string;
}

/** A {@link Tail} of at most `limit` bytes; uses at most twice that memory. */
export function tail(limit: number): Tail {
  let chunks: Buffer[] = [];
  let size = 0;
  const compact = (): void => {
    const all = Buffer.concat(chunks);
    const kept = Buffer.from(all.subarray(Math.max(0, all.length - limit)));
    chunks = [kept];
    size = kept.length;
  };
  return {
    write: (chunk) => {
      chunks.push(Buffer.from(chunk.subarray(Math.max(0, chunk.length - limit))));
      size += Math.min(chunk.length, limit);
      if (size > 2 * limit) compact();
    },
    text: () => {
      compact();
      return chunks[0]?.toString('utf8') ?? '';
    },
  };
}
