import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import { formatCount } from '../../core/text/format.js';
import { someOf } from '../shared/wording.js';
import { seenIn } from './entry.js';
import type { FileSystem } from './file-system.js';

/** Collects what a file system can't hold, from a dry run that names every entry. */
export interface Unholdable {
  readonly onLine: (line: string) => void;
  readonly blockers: (destination: string) => readonly Notice[];
}

const KINDS: Readonly<
  Record<string, { readonly one: string; readonly many: string; readonly option: string }>
> = {
  L: { one: 'symlink', many: 'symlinks', option: '--no-links' },
  D: { one: 'device', many: 'devices', option: '--no-devices' },
  S: { one: 'FIFO or socket', many: 'FIFOs and sockets', option: '--no-specials' },
};

export function unholdableReader(system: FileSystem): Unholdable {
  const ofKind: Record<string, string[]> = { L: [], D: [], S: [] };
  const [names, large]: [string[], string[]] = [[], []];
  const pairs: [string, string][] = [];
  const taken = new Map<string, string>();
  const onLine = (line: string): void => {
    const seen = seenIn(line);
    if (seen === null) return;
    const { type, name, size, isText } = seen;
    if (system.lacks.includes(type)) ofKind[type]?.push(name);
    const last = name.slice(name.lastIndexOf('/') + 1);
    const isForeign = system.isUnicode && !isText;
    if (isForeign || system.forbidden?.test(last) || lengthOf(last, system) > system.maxName)
      names.push(name);
    if (type === 'f' && system.maxBytes !== null && size > system.maxBytes) large.push(name);
    if (!system.ignoresCase && !system.normalizes) return;
    const key = keyOf(name, system);
    const other = taken.get(key);
    if (other === undefined) taken.set(key, name);
    // Only the topmost of two folders with all that is in them.
    else if (other !== name && parentOf(other) === parentOf(name)) pairs.push([other, name]);
  };
  const blockers = (destination: string): readonly Notice[] => [
    ...(pairs.length > 0 ? [samePlace(destination, system, pairs)] : []),
    ...Object.entries(KINDS).flatMap(([type, { one, many, option }]) => {
      const found = ofKind[type] ?? [];
      const remedy = phrase`Add ${code(option)} to the intent’s options to leave ${found.length === 1 ? 'it' : 'them'} out, or choose another destination.`;
      return found.length > 0
        ? [cannot(destination, system, formatCount(found.length, one, many), found, remedy)]
        : [];
    }),
    ...(names.length > 0
      ? [cannot(destination, system, formatCount(names.length, 'name', 'names'), names, leaveOut(names))]
      : []),
    ...(large.length > 0
      ? [
          cannot(
            destination,
            system,
            formatCount(large.length, 'file of 4 GiB or more', 'files of 4 GiB or more'),
            large,
            leaveOut(large),
          ),
        ]
      : []),
  ];
  return { onLine, blockers };
}

function samePlace(
  destination: string,
  { name, ignoresCase }: FileSystem,
  pairs: readonly [string, string][],
): Notice {
  const [first] = pairs;
  const more = pairs.length - 1;
  const why = ignoresCase ? 'upper and lower case are the same' : 'both spellings are the same';
  return notice(
    'destination_limits',
    phrase`${code(destination)} is ${name}, where ${why}: ${code(first?.[0] ?? '')} and ${code(first?.[1] ?? '')} would overwrite each other${more > 0 ? ` (and ${formatCount(more, 'more pair')})` : ''}.`,
    phrase`Rename or exclude one of them, or choose a destination that tells them apart.`,
  );
}

function cannot(
  destination: string,
  { name }: FileSystem,
  what: string,
  found: readonly string[],
  remedy: Phrase,
): Notice {
  return notice(
    'destination_limits',
    phrase`${code(destination)} is ${name}, which can’t hold ${what} of the source: ${someOf(found)}.`,
    remedy,
  );
}

/** Patterns that can be written as they are: anchored, with what is a wildcard quoted. */
function leaveOut(found: readonly string[]): Phrase {
  const [first = ''] = found;
  const pattern = `/${first.replace(/\\#[0-7]{3}|[*?[\]\\]/g, '?')}`;
  return phrase`Rename ${found.length === 1 ? 'it' : 'them'}, or leave ${found.length === 1 ? 'it' : 'them'} out: ${code(`exclude: [${JSON.stringify(pattern)}]`)}${found.length === 1 ? '' : ' and so on'}.`;
}

/** What a name is told apart by there. */
function keyOf(name: string, { ignoresCase, normalizes }: FileSystem): string {
  const normal = normalizes ? name.normalize('NFC') : name;
  return ignoresCase ? [...normal].map(upper).join('') : normal;
}

/** One character at a time, as file systems do: `ß` stays what it is. */
function upper(character: string): string {
  const changed = character.toUpperCase();
  return changed.length === character.length ? changed : character;
}

/** FAT counts UTF-16 units, others bytes. */
function lengthOf(name: string, { isPlain }: FileSystem): number {
  return isPlain ? name.length : Buffer.byteLength(name);
}

function parentOf(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf('/'), 0));
}
