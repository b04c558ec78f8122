import type { Readable } from 'node:stream';
import type { ExecOptions } from '../core/ports/host.js';
import { lineSplitter } from './lines.js';
import { tail } from './tail.js';

const KEEP = 1024 * 1024;

/** What is done with one output stream of a child. */
export interface OutputOptions {
  readonly keep?: number | undefined;
  readonly omit?: ExecOptions['omit'] | undefined;
  readonly onLine?: ((line: string) => void) | undefined;
  readonly onLog?: ((line: string) => void) | undefined;
}

/** Reads a stream to its end; the returned function gives the last bytes of it. */
export function readOutput(stream: Readable | null, options: OutputOptions): () => string {
  const kept = tail(options.keep ?? KEEP);
  const { omit } = options;
  const lines = lineSplitter((line) => {
    options.onLine?.(line);
    if (omit?.(line)) return;
    options.onLog?.(line);
    if (omit) kept.write(Buffer.from(`${line}\n`));
  });
  stream?.on('data', (chunk: Buffer) => {
    if (!omit) kept.write(chunk);
    lines.write(chunk);
  });
  // Not at its end: whoever else holds the pipe may keep it open, and then it is closed without one.
  stream?.once('close', () => lines.end());
  return kept.text;
}
