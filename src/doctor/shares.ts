import { posix } from 'node:path';
import type { Check, CheckArea } from '../core/model/diagnosis.js';
import { type Host, HostError } from '../core/ports/host.js';
import { problem } from './check.js';
import { isNetwork, type Mount, mountOf, parseMounts } from './mounts.js';

/** Milliseconds in which a network share must say whether it is there. */
const SHARE_MS = 3000;

/**
 * A finding when the path lies on a network share that does not answer. Look before any other look: the
 * share is asked by a child, which can be ended, while this process would hang on it.
 */
export async function deadShare(
  host: Host,
  mounts: readonly Mount[],
  path: string,
  area: CheckArea,
): Promise<Check | null> {
  const mount = mountOf(mounts, path);
  if (mount === null || !isNetwork(mount)) return null;
  const { point, type } = mount;
  const asked = await host.exec(['stat', '--', posix.join(point, '.')], { log: 'none', timeoutMs: SHARE_MS });
  if (!asked.timedOut) return null;
  return problem(
    area,
    `${area}.share`,
    `${path} lies on the network share ${point} (${type}), which does not answer.`,
    `Start its server, or mount it anew (\`umount -l ${point}\`, then \`mount ${point}\`).`,
  );
}

/** A table of mounts; empty when there is no such file. */
export async function readMounts(host: Host, file: string): Promise<readonly Mount[]> {
  try {
    return parseMounts(await host.readText(file));
  } catch (error) {
    if (error instanceof HostError) return [];
    throw error;
  }
}
