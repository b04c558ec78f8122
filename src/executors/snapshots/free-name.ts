import { posix } from 'node:path';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { JournalEntry, RunContext } from '../../core/ports/executor.js';
import { HostError } from '../../core/ports/host.js';
import { JOURNAL } from '../files/journal.js';
import type { SnapshotData } from './data.js';
import { partialOf, stemOf } from './names.js';

/** Runs of one second in one folder; more than these are not meant. */
const MOST = 1000;

/** The plan under a name that nothing has: what runs in the same second gets `-2`, `-3`, … */
export async function withFreeName(data: SnapshotData, ctx: RunContext): Promise<SnapshotData> {
  const taken = new Set((await namesIn(data.destination, ctx)).map(stemOf));
  for (let number = 1; number < MOST; number += 1) {
    const snapshot = numbered(data.snapshot, number);
    if (!taken.has(posix.basename(snapshot))) return named(data, snapshot);
  }
  return data;
}

/** Gives the checked folder its name, or the next one where somebody took that meanwhile; nothing is ever replaced. */
export async function giveName(data: SnapshotData, ctx: RunContext): Promise<SnapshotData> {
  for (let number = 1; ; number += 1) {
    const snapshot = numbered(data.snapshot, number);
    if (number > 1) await ctx.note(JOURNAL.named, snapshot);
    try {
      await ctx.host.rename(data.partial, snapshot);
      return { ...data, snapshot };
    } catch (error) {
      const isThere = error instanceof HostError && error.code === 'EEXIST';
      if (!isThere || number >= MOST) throw error;
    }
  }
}

/** The plan with the names that its run gave. */
export function asNamed(data: SnapshotData, journal: readonly JournalEntry[]): SnapshotData {
  const last = (kind: string): string | null => {
    const found = journal.findLast((entry) => entry.kind === kind)?.data;
    return typeof found === 'string' ? found : null;
  };
  const partial = last(JOURNAL.partial);
  const own =
    partial === null ? data : named(data, posix.join(data.destination, stemOf(posix.basename(partial))));
  return { ...own, snapshot: last(JOURNAL.named) ?? own.snapshot };
}

/** That it is not called what the preview said. */
export function nameText(planned: SnapshotData, { snapshot }: SnapshotData): readonly Phrase[] {
  if (planned.snapshot === snapshot) return [];
  return [phrase`The name ${code(posix.basename(planned.snapshot))} was taken already.`];
}

function numbered(snapshot: string, number: number): string {
  return number === 1 ? snapshot : `${snapshot}-${number}`;
}

/** Only the new folder has another name then: the earlier snapshot may have the one that was planned. */
function named(data: SnapshotData, snapshot: string): SnapshotData {
  if (snapshot === data.snapshot) return data;
  const partial = partialOf(snapshot);
  const renamed = (argv: readonly string[]): readonly string[] =>
    argv.map((arg) =>
      arg === data.partial || arg === `${data.partial}/` ? arg.replace(data.partial, () => partial) : arg,
    );
  const { copy, sync, check } = data.mirror;
  const commands = { copy: renamed(copy), sync: renamed(sync), check: renamed(check) };
  return { ...data, snapshot, partial, mirror: { ...data.mirror, ...commands, destination: snapshot } };
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
