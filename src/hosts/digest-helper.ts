import { createHash } from 'node:crypto';
import { readSync, writeSync } from 'node:fs';

/**
 * The program of a process in a pipeline: passes on what it reads, and tells on standard error, as a line of JSON, how
 * much it was and its sha256. OpenSSL's, which is several times as fast as sha256sum(1) where the processor helps.
 */
const chunk = Buffer.allocUnsafe(1024 * 1024);
const hash = createHash('sha256');
let bytes = 0;

for (let size = read(); size > 0; size = read()) {
  hash.update(chunk.subarray(0, size));
  bytes += size;
  // Whoever reads no more makes this fail, as it ends every other program of a pipeline.
  for (let written = 0; written < size; ) written += writeSync(1, chunk, written, size - written);
}
writeSync(2, `${JSON.stringify({ sha256: hash.digest('hex'), bytes })}\n`);

function read(): number {
  return readSync(0, chunk, 0, chunk.length, null);
}
