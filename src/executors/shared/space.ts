import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { FreeSpace } from '../../core/ports/host.js';
import { formatBytes } from '../../core/text/format.js';

/** Below this share of free space people are told. */
const LOW = 0.05;

/** Bytes that a run needs: measured or derived from the last run, or only an upper bound. */
export type Need = { readonly bytes: number } | { readonly atMost: number };

/**
 * What to say about the space at a destination: `destination_full` blocks, `destination_low` warns.
 * @param makeRoom the way out of a full one, where the catalogue's does not fit
 */
export function checkSpace(
  destination: string,
  free: FreeSpace,
  need: Need,
  makeRoom?: Phrase,
): Notice | null {
  const { available, total } = free;
  const known = 'bytes' in need;
  const bytes = known ? need.bytes : need.atMost;
  if (known && available < bytes) {
    return notice('destination_full', fullMessage(destination, free, bytes), makeRoom);
  }
  if (available < bytes) {
    return notice(
      'destination_low',
      phrase`${code(destination)} has ${formatBytes(available)} free. How much is needed is not known before the first run: up to ${formatBytes(bytes)}.`,
      phrase`If it does not fit, the run ends and removes what it wrote. To be sure, free some space first.`,
    );
  }
  const left = available - bytes;
  if (left >= total * LOW) return null;
  const share = `${Math.floor((left / total) * 100)} %`;
  return notice(
    'destination_low',
    phrase`${code(destination)} will have ${known ? 'about' : 'at least'} ${formatBytes(left)} left (${share}).`,
  );
}

/** That the destination is full, in numbers. */
export function fullMessage(destination: string, free: FreeSpace, needed: number): Phrase {
  if (free.available > needed) {
    return phrase`The destination is full: ${code(destination)} takes nothing more, although ${formatBytes(free.available)} are free. Its inodes or somebody’s quota may be used up (${code('df -i')}, ${code('quota')}).`;
  }
  return phrase`The destination is full: about ${formatBytes(needed)} needed, ${formatBytes(free.available)} free on ${code(destination)}.`;
}

/** Did a tool fail because the disk, or the user's quota, is full? Messages are English (LC_ALL). */
export function saysDiskFull(stderr: string): boolean {
  return /No space left on device|Disk quota exceeded/i.test(stderr);
}
