import { code, type Phrase, type PhrasePart, phrase } from '../../core/model/phrase.js';

const NAMED = 3;

/** The first few values, set off as literals, then how many more there are: `a`, `b`, `c` and 5 more. */
export function someOf(values: readonly string[], note: (value: string) => string = () => ''): Phrase {
  const named = values.slice(0, NAMED);
  const parts = named.flatMap<PhrasePart>((value, index) => [
    ...(index === 0 ? [] : [', ']),
    code(value),
    ...(note(value) === '' ? [] : [` ${note(value)}`]),
  ]);
  const more = values.length - named.length;
  return more === 0 ? parts : phrase`${parts} and ${more} more`;
}

/** All of them, set off as literals: `plex`, `sonarr` and `radarr`. */
export function named(values: readonly string[]): Phrase {
  return listed(values.map((value) => [code(value)]));
}

/** The same of pieces that are phrases already. */
export function listed(items: readonly Phrase[]): Phrase {
  return items.flatMap<PhrasePart>((item, index) => {
    const joint = index === 0 ? [] : [index === items.length - 1 ? ' and ' : ', '];
    return [...joint, ...item];
  });
}

/** The same with commas alone, for pieces that are long. */
export function joined(pieces: readonly Phrase[]): Phrase {
  return pieces.flatMap<PhrasePart>((piece, index) => (index === 0 ? piece : [', ', ...piece]));
}

/** A sha256 short enough for a phone: `3fa9…c1`. */
export function shortHash(sha256: string): string {
  return `${sha256.slice(0, 4)}…${sha256.slice(-2)}`;
}

/** The last line of what a tool said that is not empty, without control characters. Whole: it is redacted before it is cut. */
export function lastLine(output: string): string {
  const lines = output
    .split(/[\r\n]+/)
    .map((line) => line.replace(/\p{Cc}/gu, ' ').trim())
    .filter((line) => line !== '');
  return lines.at(-1) ?? '';
}
