import { statSync } from 'node:fs';
import { plainReads, type Reads } from '../core/documents/reads.js';
import type { TextFile } from '../core/documents/text-file.js';
import { LARGEST, readSecretFile, type SecretFile, secretOf, unreadableSecret } from './secret-file.js';

/** What a watched secret tells. */
export interface SecretListener {
  /** Told of each new value, before it is used. */
  onRead(value: string): void;
  /**
   * Told once when the file can't be read.
   * @param problem continues "X_FILE …"
   * @param isKept what was read last counts meanwhile
   */
  onProblem(problem: string, isKept: boolean): void;
}

/**
 * A secret's file that is read again whenever it changes. A file that can't be read holds no secret: taking it
 * away takes its keys away. Only while its mount doesn't answer, what was read last counts.
 */
export function watchSecretFile(
  path: string,
  { onRead, onProblem }: SecretListener,
  reads: Reads = plainReads,
): () => Promise<string | null> {
  let seen: string | null = null;
  let value: string | null = null;
  let told: string | null = null;
  const tell = (problem: string | null): void => {
    if (problem !== null && problem !== told) onProblem(problem, value !== null);
    told = problem;
  };
  const take = (read: SecretFile): void => {
    const next = read.ok ? read.value : null;
    if (next !== null && next !== value) onRead(next);
    value = next;
    tell(read.ok ? null : read.problem);
  };
  return async () => {
    if (await reads.isCertain(path)) {
      const now = signatureOf(path);
      if (now !== seen) take(readSecretFile(path));
      seen = now;
      return value;
    }
    seen = null;
    const read = await reads.text(path, LARGEST);
    if (!read.ok && read.why === 'unanswered') tell(`names ${path}, and ${read.mount} doesn’t answer`);
    else take(read.ok ? secretOf(path, read.text) : unreadableSecret(path, whyNot(read)));
    return value;
  };
}

function whyNot(read: Exclude<TextFile, { ok: true }>): string {
  if (read.why === 'too_large') return 'is too large for a secret';
  return 'code' in read ? `can’t be read (${read.code})` : 'is no file of text';
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
