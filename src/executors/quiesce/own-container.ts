import type { Host } from '../../core/host.js';

/** Docker mounts files of each container into it, from a folder that is named by its id. */
const OWN = /\/containers\/([0-9a-f]{64})\/(?:hostname|hosts|resolv\.conf)(?: |$)/m;

/** The id of the container that this program runs in; null: in none, as far as can be seen. */
export async function ownContainer(host: Host): Promise<string | null> {
  const result = await host.exec(['cat', '/proc/self/mountinfo'], {
    ...{ log: 'none', keep: 4 * 1024 * 1024, timeoutMs: 10_000 },
  });
  return OWN.exec(result.stdout)?.[1] ?? null;
}
