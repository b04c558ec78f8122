import { posix } from 'node:path';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { RunContext } from '../../core/ports/executor.js';
import { formatBytes, formatCount } from '../../core/text/format.js';
import { howChecked } from '../docker-volumes/how-checked.js';
import type { Tally } from '../docker-volumes/tally.js';
import type { Around } from '../quiesce/around.js';
import { heldText } from '../quiesce/words.js';
import { type DiskWatch, leftElsewhere } from '../shared/disk.js';
import { fileFailed } from '../shared/failure.js';
import type { SnapshotData } from './data.js';
import type { Finished } from './record.js';
import { removeTree } from './tree.js';

export const UNTOUCHED = phrase`The old snapshots are untouched.`;

/** What is new and what is linked, counted from the disk. */
export function madeText(
  { base, quiesce }: SnapshotData,
  { files, newFiles, newBytes }: Finished,
  took: string,
  held: Around | null,
): Phrase {
  const down = held ? heldText(quiesce, held) : '';
  const copied = `${formatBytes(newBytes)} (${formatCount(newFiles, 'file')})`;
  if (base === null) return phrase`${copied} copied in ${took}${down}.`;
  const linked = formatCount(files - newFiles, 'file');
  return phrase`${copied} new, ${linked} linked to ${code(posix.basename(base))} in ${took}${down}.`;
}

/** What is there now. */
export function keptText(
  { snapshot, mirror }: SnapshotData,
  { files, bytes, verified }: Finished,
  { found }: Pick<Tally, 'found'>,
): Phrase {
  const amount = `${formatCount(files, 'file')}, ${formatBytes(bytes)}`;
  if (verified !== 'none') return phrase`${code(snapshot)} is complete: ${amount}, ${howChecked(mirror)}.`;
  const equal =
    found === null ? '' : ` ${found.equal.toLocaleString('en-US')} are as the source has them now.`;
  return phrase`${code(snapshot)} is not verified: ${amount}.${equal}`;
}

export function deletedText(deleted: number, { deletions, kept }: SnapshotData): Phrase {
  const stay = kept + deletions.length - deleted;
  return phrase`${formatCount(deleted, 'old snapshot')} deleted, ${stay} kept.`;
}

/** Why nothing is deleted although something could be. */
export function notReplaced(): Notice {
  const why = phrase`No old snapshot was deleted, because the new one isn’t verified.`;
  return notice('retention_failed', why, phrase`Run it again when nothing changes files meanwhile.`);
}

/**
 * Says truthfully what is there after a failure.
 * @param disk watches the destination since the run began
 */
export async function removePartial(
  data: SnapshotData,
  ctx: RunContext,
  disk: DiskWatch,
): Promise<readonly Phrase[]> {
  if (await disk.look()) return [leftElsewhere(data.partial), UNTOUCHED];
  try {
    const left = await removeTree(ctx.host, data.partial);
    if (left === null) {
      return [
        phrase`Nothing half-done is left: the partial folder is gone, the old snapshots are untouched.`,
      ];
    }
    return [phrase`The partial folder ${code(data.partial)} could not be removed: ${code(left)}.`, UNTOUCHED];
  } catch (error) {
    const { message } = await fileFailed(error, data, ctx);
    return [phrase`The partial folder ${code(data.partial)} could not be removed: ${message}`, UNTOUCHED];
  }
}
