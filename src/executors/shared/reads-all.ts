import type { Host } from '../../core/ports/host.js';
import { mountPointIn, mountTypeIn } from './mountinfo.js';
import { isWithin } from './paths.js';

/** By capability.h: CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH; with either, permissions keep nobody from reading. */
const READS_ANYTHING = 0b110n;
/** This machine alone decides who reads there: no server is asked, and no program. */
const OWN_TYPES = [
  'bcachefs',
  'btrfs',
  'exfat',
  'ext2',
  'ext3',
  'ext4',
  'f2fs',
  'jfs',
  'tmpfs',
  'vfat',
  'xfs',
  'zfs',
];
const STATUS = ['cat', '--', '/proc/self/status', '/proc/self/uid_map', '/proc/self/mountinfo'];

/**
 * Does everything below `real` open for this host's commands, whatever its permissions are? Then nothing has to walk it to
 * find out. Only true for root with its rights over all users, on file systems of this machine.
 */
export async function readsAll(host: Host, real: string): Promise<boolean> {
  const result = await host.exec(STATUS, { log: 'none', keep: 16 * 1024 * 1024, timeoutMs: 30_000 });
  if (!result.ok) return false;
  const [, rights = '0'] = /^CapEff:\s*([0-9a-f]+)$/m.exec(result.stdout) ?? [];
  // A user namespace gives rights over its own users only.
  const isOverAll = /^ *0 +0 +4294967295$/m.test(result.stdout);
  if (!isOverAll || (BigInt(`0x${rights}`) & READS_ANYTHING) === 0n) return false;
  const mounts = result.stdout.split('\n').flatMap((line) => {
    const point = mountPointIn(line);
    return point === null ? [] : [{ point, type: mountTypeIn(line) }];
  });
  const below = mounts.filter(({ point }) => isWithin(point, real));
  const above = mounts.filter(({ point }) => isWithin(real, point));
  const deepest = Math.max(...above.map(({ point }) => point.length));
  const under = above.filter(({ point }) => point.length === deepest);
  return under.length > 0 && [...below, ...under].every(({ type }) => OWN_TYPES.includes(type));
}
