import { posix } from 'node:path';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { Effect, PlanStep } from '../../core/model/plan.js';
import { formatBytes, formatCount } from '../../core/text/format.js';
import { type Excluded, excludedText } from '../docker-volumes/exclude-words.js';
import { howToCheck } from '../docker-volumes/how-checked.js';
import { someOf } from '../shared/wording.js';
import type { SnapshotData } from './data.js';
import type { OldSnapshots } from './old-snapshots.js';

/** Indexes of the steps; the last one is there only when something is deleted. */
export const STEP = { copy: 0, sync: 1, check: 2, record: 3, clean: 4 } as const;
/** So many from the first are done while containers are held. */
export const WITHIN_HOLD = 3;
/** In bytes: what comes and goes in a folder in use. */
const SLACK = 1024 * 1024;

type Old = Pick<OldSnapshots, 'ages' | 'bytes'>;

/** The plan as people read it. */
export function steps(data: SnapshotData, excluded: Excluded, old: Old): readonly PlanStep[] {
  const { mirror, snapshot, deletions } = data;
  return [
    { title: phrase`${copyTitle(data)}${excludedText(excluded)}`, commands: [mirror.copy], slack: SLACK },
    { title: phrase`Write it through to the disk.`, commands: [mirror.sync] },
    {
      title: phrase`Verify that ${code(snapshot)} is complete, by ${howToCheck(mirror)} of each file.`,
      commands: [mirror.check],
    },
    { title: phrase`Give it its name, and write the manifest beside it.`, commands: [] },
    ...(deletions.length > 0 ? [{ title: deletionTitle(data, old), commands: [] }] : []),
  ];
}

function copyTitle({ mirror, snapshot, base, linked }: SnapshotData): Phrase {
  const { source, files, transfers, transferBytes, totalBytes } = mirror;
  // Nothing was counted: the plan is blocked.
  if (files === 0) return phrase`Copy ${code(source)} to ${code(snapshot)}.`;
  const all = `${formatBytes(totalBytes)} (${formatCount(files, 'file')})`;
  if (base === null)
    return phrase`Copy ${all} from ${code(source)} to ${code(snapshot)}, the first snapshot.`;
  const before = code(posix.basename(base));
  const copied =
    transfers === 0
      ? 'nothing new'
      : `${formatBytes(transferBytes)} new or changed (${formatCount(transfers, 'file')})`;
  return phrase`Keep ${all} of ${code(source)} as ${code(snapshot)}: ${copied}, ${formatCount(linked, 'file')} linked to ${before}.`;
}

function deletionTitle({ deletions, kept }: SnapshotData, { ages, bytes }: Old): Phrase {
  const byName = new Map(deletions.map(({ archive }) => [posix.basename(archive), ages.get(archive)]));
  const names = someOf([...byName.keys()], (name) => `(${byName.get(name) ?? 'old'})`);
  const frees = bytes === null ? '' : `, which frees ${formatBytes(bytes)}`;
  const stay = kept === 1 ? '1 stays' : `${kept} stay`;
  return phrase`Delete ${formatCount(deletions.length, 'old snapshot')}: ${names}${frees}. ${stay}.`;
}

/** What the plan does, in numbers. Each snapshot that is deleted is one path, with its manifest another. */
export function effects(data: SnapshotData, { bytes }: Old): readonly Effect[] {
  const { snapshot, mirror, deletions, destination, kept } = data;
  const paths = deletions.flatMap((old) => (old.manifest ? [old.archive, old.manifest] : [old.archive]));
  // The new one is among those that stay.
  const of = Math.round((paths.length * (deletions.length + kept - 1)) / deletions.length);
  const write: Effect = {
    ...{ kind: 'write', target: snapshot, bytes: mirror.transferBytes, files: mirror.transfers },
    estimate: false,
  };
  if (deletions.length === 0) return [write];
  return [write, { kind: 'delete', target: destination, paths, of, ...(bytes === null ? {} : { bytes }) }];
}
