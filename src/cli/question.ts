import { createInterface } from 'node:readline';
import type { InputStream } from './deps.js';

/** The next line that somebody types; null when the input ends or `signal` comes first. */
export function readLine(stdin: InputStream, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: stdin, terminal: false });
    const close = (): void => lines.close();
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    // A terminal that went away fails once it is read.
    lines.once('error', close);
    lines.once('close', () => {
      signal.removeEventListener('abort', close);
      stdin.pause();
      resolve(null);
    });
    if (signal.aborted) close();
    else signal.addEventListener('abort', close, { once: true });
  });
}

/** Only a plain yes is one; an empty answer is no. */
export function isYes(answer: string | null): boolean {
  return answer !== null && /^\s*y(es)?\s*$/i.test(answer);
}
