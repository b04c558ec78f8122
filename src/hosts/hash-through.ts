import { createHash } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Digest } from '../core/ports/host.js';

/**
 * Passes on what one process writes to the next one, no faster than that reads, and hashes it on its way. A reader that
 * goes away closes the writer's end. Null when not all of it went through. Never rejects.
 */
export async function hashThrough(from: Readable, to: Writable): Promise<Digest | null> {
  const hash = createHash('sha256');
  let bytes = 0;
  async function* hashed(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  try {
    await pipeline(from, hashed, to);
    return { sha256: hash.digest('hex'), bytes };
  } catch {
    return null;
  }
}
