import type { RunContext } from '../../core/ports/executor.js';
import { serviceContainers } from '../compose/containers.js';
import { READ } from '../docker/container.js';

/** Compose makes the new container as `<12 hex digits>_<name>` and renames it once the old one is gone. */
const UNFINISHED = /^[0-9a-f]{12}_(.+)$/;

/** Gives containers their names that a killed Compose had no time to give them. */
export async function finishNames(project: string, service: string, ctx: RunContext): Promise<void> {
  const found = await serviceContainers(ctx.host, project, service);
  if (found.state !== 'found') return;
  for (const { id, name } of found.value) {
    const meant = UNFINISHED.exec(name)?.[1];
    // Fails when the name is taken; the container runs all the same.
    if (meant !== undefined) await ctx.host.exec(['docker', 'rename', '--', id, meant], READ);
  }
}
