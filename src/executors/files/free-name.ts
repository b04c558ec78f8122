import { posix } from 'node:path';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { JournalEntry, RunContext } from '../../core/ports/executor.js';
import { HostError } from '../../core/ports/host.js';
import type { FilesData } from './data.js';
import { JOURNAL } from './journal.js';
import { numbered, stemOf } from './names.js';

/** Runs of one second in one folder; more than these are not meant. */
const MOST = 1000;

/**
 * The plan under a name that nothing has: neither an archive of any compression, nor a partial or a manifest of one. What
 * runs in the same second gets `-2`, `-3`, …
 */
export async function withFreeName<Data extends FilesData>(data: Data, ctx: RunContext): Promise<Data> {
  const taken = new Set((await namesIn(data.destination, ctx)).map(stemOf));
  for (let number = 1; number < MOST; number += 1) {
    const archive = numbered(data.archive, number);
    if (!taken.has(stemOf(posix.basename(archive)))) return named(data, archive);
  }
  return data;
}

/** Somebody else has just begun to write what this run was about to write. */
export function isTaken(error: unknown, { partial }: FilesData): boolean {
  return error instanceof HostError && error.code === 'EEXIST' && error.path === partial;
}

/** Gives the checked partial its name, or the next one where somebody took that meanwhile; nothing is ever replaced. */
export async function giveName<Data extends FilesData>(data: Data, ctx: RunContext): Promise<Data> {
  for (let number = 1; ; number += 1) {
    const archive = numbered(data.archive, number);
    if (number > 1) await ctx.note(JOURNAL.named, archive);
    try {
      await ctx.host.rename(data.partial, archive);
      return { ...data, archive };
    } catch (error) {
      const isThere = error instanceof HostError && error.code === 'EEXIST';
      if (!isThere || number >= MOST) throw error;
    }
  }
}

/** The plan with the names that its run gave. */
export function asNamed<Data extends FilesData>(data: Data, journal: readonly JournalEntry[]): Data {
  const last = (kind: string): string | null => {
    const found = journal.findLast((entry) => entry.kind === kind)?.data;
    return typeof found === 'string' ? found : null;
  };
  const partial = last(JOURNAL.partial);
  const own = partial === null ? data : named(data, partial.replace(/\.partial$/, ''));
  return { ...own, archive: last(JOURNAL.named) ?? own.archive };
}

/** That it is not called what the preview said. */
export function nameText(planned: FilesData, data: FilesData): readonly Phrase[] {
  if (planned.archive === data.archive) return [];
  return [phrase`The name ${code(posix.basename(planned.archive))} was taken already.`];
}

function named<Data extends FilesData>(data: Data, archive: string): Data {
  if (archive === data.archive) return data;
  const partial = `${archive}.partial`;
  return { ...renamed(data, data.partial, partial), archive, partial };
}

/** Commands name the partial, some of them within an argument. */
function renamed<T>(value: T, from: string, to: string): T {
  if (typeof value === 'string') return value.replaceAll(from, () => to) as T;
  if (Array.isArray(value)) return value.map((item) => renamed(item, from, to)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, renamed(inner, from, to)]),
  ) as T;
}

/** Empty where the folder is not there yet, or can't be listed: what is taken shows when it is written. */
async function namesIn(folder: string, { host }: RunContext): Promise<readonly string[]> {
  try {
    return await host.list(folder);
  } catch (error) {
    if (error instanceof HostError && ['ENOENT', 'EACCES'].includes(error.code)) return [];
    throw error;
  }
}
