import { ENVIRONMENT_KEY } from '../model/policy.js';

/** One API key as it is written down: as it is presented, or as `sha256:` and 64 hex digits. */
export interface KeyLine {
  readonly name: string;
  readonly key: string;
}

/**
 * The keys in a text that holds one in each line: `key` or `name key`. Lines that begin with `#` are comments.
 * Null when a line has more words, or something that begins like a hash is none.
 */
export function readKeyLines(text: string): readonly KeyLine[] | null {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(/\s+/));
  const keys = lines.map(([first = '', second]) =>
    second === undefined ? { name: ENVIRONMENT_KEY, key: first } : { name: first, key: second },
  );
  const isGood = ({ key }: KeyLine): boolean => !/^sha256:/i.test(key) || hashOfLine(key) !== null;
  return lines.every(({ length }) => length <= 2) && keys.every(isGood) ? keys : null;
}

/** The sha256 that a key is written as, in hex; null when it is written as it is presented. */
export function hashOfLine(key: string): string | null {
  return /^sha256:([0-9a-f]{64})$/i.exec(key)?.[1] ?? null;
}
