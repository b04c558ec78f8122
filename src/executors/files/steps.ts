import { posix } from 'node:path';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { PlanStep } from '../../core/model/plan.js';
import { formatBytes, formatCount } from '../../core/text/format.js';
import { someOf } from '../shared/wording.js';
import type { FilesData } from './data.js';
import type { Measured } from './measure.js';

/** Indexes of the steps; the last one is there only when something is deleted. */
export const STEP = { copy: 0, check: 1, record: 2, clean: 3 } as const;

/**
 * The plan as people read it.
 * @param size what was counted
 * @param expected the archive's size in bytes, as far as the last run tells; null before the first
 * @param ages by archive, how old it is
 */
export function steps(
  data: FilesData,
  { storedBytes, excluded }: Pick<Measured, 'storedBytes' | 'excluded'>,
  expected: number | null,
  ages: ReadonlyMap<string, string>,
): readonly PlanStep[] {
  const { source, archive, bytes, files, pack, read, deletions, kept } = data;
  const holes = storedBytes < bytes * 0.9 ? `, ${formatBytes(storedBytes)} without holes` : '';
  const amount = `${formatBytes(bytes)} (${formatCount(files, 'file')}${holes})`;
  const left =
    excluded.files === 0
      ? ''
      : `. Excluded: ${formatCount(excluded.files, 'file')}, ${formatBytes(excluded.bytes)}`;
  // Nothing was counted when the plan is blocked early.
  const title: Phrase =
    files === 0
      ? phrase`Copy ${code(source)} to ${code(archive)}.`
      : phrase`Copy ${amount} to ${code(archive)}${size(pack.length - 1 > data.streamFrom, expected)}${left}.`;
  return [
    { title, commands: pack },
    {
      title: phrase`Check the archive: read all of it back, compare it with what was packed, count its files.`,
      commands: read,
    },
    { title: phrase`Write the manifest with its sha256 beside it.`, commands: [] },
    ...(deletions.length > 0 ? [{ title: deletionTitle(deletions, ages, kept), commands: [] }] : []),
  ];
}

function size(compressed: boolean, expected: number | null): string {
  if (expected === null) return '. How small it packs is not known before the first run';
  return compressed
    ? `, about ${formatBytes(expected)}, as the last one was packed`
    : `, ${formatBytes(expected)}`;
}

export function deletionTitle(
  deletions: FilesData['deletions'],
  ages: ReadonlyMap<string, string>,
  kept: number,
): Phrase {
  const byName = new Map(deletions.map(({ archive }) => [posix.basename(archive), ages.get(archive)]));
  const names = someOf([...byName.keys()], (name) => `(${byName.get(name) ?? 'old'})`);
  const stay = kept === 1 ? '1 stays' : `${kept} stay`;
  return phrase`Delete ${formatCount(deletions.length, 'old archive')}: ${names}. ${stay}.`;
}
