import { readFileSync } from 'node:fs';

/** A secret file is a line or two; more is a mistake, such as a path to a log. In bytes. */
export const LARGEST = 64 * 1024;

export type SecretFile =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly problem: string };

/** The text of a UTF-8 file. @throws an error with the system's code */
export type ReadText = (path: string) => string;

const readHere: ReadText = (path) => readFileSync(path, 'utf8');

/** Reads a secret from a file and drops the newline at its end. The problem continues "X_FILE …". */
export function readSecretFile(path: string, read: ReadText = readHere): SecretFile {
  try {
    return secretOf(path, read(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return unreadableSecret(path, `can’t be read (${code})`);
  }
}

/** The secret in the text of a file. */
export function secretOf(path: string, text: string): SecretFile {
  const value = text.replace(/\r?\n$/, '');
  if (value === '') return unreadableSecret(path, 'is empty');
  if (value.length > LARGEST) return unreadableSecret(path, 'is too large for a secret');
  return { ok: true, value };
}

/** @param why continues "which …" */
export function unreadableSecret(path: string, why: string): SecretFile {
  return { ok: false, problem: `names ${path}, which ${why}` };
}
