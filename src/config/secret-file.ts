import { readFileSync } from 'node:fs';

/** A secret file is a line or two; more is a mistake, such as a path to a log. */
const LARGEST = 64 * 1024;

export type SecretFile =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly problem: string };

/** Reads a secret from a file and drops the newline at its end. The problem continues "X_FILE …". */
export function readSecretFile(path: string): SecretFile {
  let value: string;
  try {
    value = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { ok: false, problem: `names ${path}, which can’t be read (${code})` };
  }
  if (value === '') return { ok: false, problem: `names ${path}, which is empty` };
  if (value.length > LARGEST) return { ok: false, problem: `names ${path}, which is too large for a secret` };
  return { ok: true, value };
}
