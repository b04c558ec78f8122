import { statSync } from 'node:fs';
import { readSecretFile } from './secret-file.js';

/**
 * A secret's file that is read again whenever it changes. A file that can't be read holds no secret: taking it
 * away takes its keys away.
 * @param onRead told of each new value, before it is used
 * @param onProblem told once when the file can't be read; the problem continues "X_FILE …"
 */
export function watchSecretFile(
  path: string,
  onRead: (value: string) => void,
  onProblem: (problem: string) => void,
): () => string | null {
  let seen: string | null = null;
  let value: string | null = null;
  return () => {
    const now = signatureOf(path);
    if (now === seen) return value;
    seen = now;
    const read = readSecretFile(path);
    value = read.ok ? read.value : null;
    if (read.ok) onRead(read.value);
    else onProblem(read.problem);
    return value;
  };
}

/** Another one after each change, also when the file was replaced by one of the same size and age. */
function signatureOf(path: string): string {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(path);
    return [ino, size, mtimeMs, ctimeMs].join();
  } catch {
    return 'none';
  }
}
