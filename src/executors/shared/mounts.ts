import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import { nearestExisting } from './paths.js';

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
