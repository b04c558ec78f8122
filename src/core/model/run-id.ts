import { randomInt } from 'node:crypto';

/** Without 0, 1, i, l and o, which people mistake for each other. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const SHORTEST = 4;
const TRIES_PER_LENGTH = 3;

/** A new run id such as `r-7k2m`. Ids grow by a character after every third one that was taken. */
export function newRunId(taken: number): string {
  const length = SHORTEST + Math.floor(taken / TRIES_PER_LENGTH);
  return `r-${Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`;
}
