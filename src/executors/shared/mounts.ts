import type { Host } from '../../core/host.js';
import { code, phrase } from '../../core/phrase.js';
import { type Notice, notice } from '../../core/reasons.js';
import { isWithin, nearestExisting } from './paths.js';

/** The mount point that an existing path lies on; null where `findmnt` is not installed. */
export async function mountPointOf(host: Host, path: string): Promise<string | null> {
  const result = await host.exec(['findmnt', '--noheadings', '--output', 'TARGET', '--target', path], {
    log: 'none',
  });
  return result.ok ? result.stdout.trim() : null;
}

/**
 * Blocks when the destination lies on the root disk although it should be a mount. Another device than
 * that of `/` proves a mount; a bind mount of the same device is only known to findmnt.
 */
export async function checkDestinationMount(host: Host, destination: string): Promise<Notice | null> {
  const place = await nearestExisting(host, destination);
  const [at, root] = [await host.stat(place), await host.stat('/')];
  if (at && root && at.device !== root.device) return null;
  const target = await mountPointOf(host, place);
  if (target !== null && target !== '/') return null;
  return notice(
    'destination_not_mounted',
    phrase`${code(destination)} should be on a mount of its own, and lies on the root disk.`,
  );
}

/**
 * Blocks when the mount that the source lay on at the last run is not there any more.
 * @param real the source with symlinks resolved
 * @param before the mount point at the last run; `now`, the one it lies on now
 */
export function checkSourceMount(
  source: string,
  real: string,
  before: string | null,
  now: string | null,
): Notice | null {
  if (before === null || now === null || before === now) return null;
  if (!isWithin(real, before) || !isWithin(before, now)) return null;
  return notice(
    'source_not_mounted',
    before === real
      ? phrase`${code(source)} was a mount at the last run, and is not mounted now.`
      : phrase`${code(source)} was on the mount ${code(before)} at the last run, and that is not mounted now.`,
    phrase`Mount it, then try again. If it is no longer meant to be a mount, set ${code('min_files')} in the intent.`,
  );
}
