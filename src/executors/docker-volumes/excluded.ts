import type { DockerVolumesFields } from '../../core/model/fields.js';
import type { Host } from '../../core/ports/host.js';
import { nameList } from './at-destination.js';
import { countCommand } from './commands.js';
import { type Excluded, NOTHING_EXCLUDED } from './exclude-words.js';
import { listingReader } from './listing.js';
import { readable } from './names.js';

type Fields = Pick<DockerVolumesFields, 'source' | 'exclude' | 'options'>;

/** The intent's patterns, wherever it has them. */
export function patternsOf({ exclude, options }: Pick<Fields, 'exclude' | 'options'>): readonly string[] {
  const named = options.flatMap((option) => /^--exclude=(.*)$/s.exec(option)?.[1] ?? []);
  return [...new Set([...exclude, ...named])];
}

/** Which patterns had an effect, and on what, from what `--debug=FILTER` says. */
export function patternWatch(patterns: readonly string[]) {
  const idle = new Set(patterns);
  const hidden: string[] = [];
  const onLine = (line: string): void => {
    const [, side, deed, name, printed] = LINE.exec(line) ?? [];
    const pattern = patterns.find(
      (one) => printed !== undefined && (one === printed || one === readable(printed)),
    );
    if (pattern === undefined || name === undefined) return;
    idle.delete(pattern);
    if (side === 'sender' && deed === 'hid') hidden.push(name);
  };
  return { hidden, idle, onLine };
}

/** The last of several such words in a line is rsync's own. */
const LINE = /^\[(\w+)\] (hid|protect)ing (?:file|directory) (.*) because of pattern (.*)$/s;

/** Counts what the patterns leave out, also in folders, of which rsync only names the first one. */
export async function countExcluded(
  fields: Fields,
  { hidden, idle }: { readonly hidden: readonly string[]; readonly idle: ReadonlySet<string> },
  host: Host,
): Promise<Excluded> {
  if (hidden.length === 0) return { ...NOTHING_EXCLUDED, idle: [...idle] };
  const { listing, onLine } = listingReader();
  await host.exec(countCommand(fields), {
    env: { LC_ALL: 'C' },
    stdin: nameList(hidden),
    log: 'none',
    keep: 64 * 1024,
    onStdout: onLine,
  });
  return { files: listing.files, bytes: listing.totalBytes, idle: [...idle] };
}
