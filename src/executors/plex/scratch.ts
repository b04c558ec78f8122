import type { RunContext } from '../../core/ports/executor.js';
import { HostError } from '../../core/ports/host.js';
import type { PlexData } from './data.js';

/** The folder beside the partial in which its databases are opened. */
export function scratch({ partial }: Pick<PlexData, 'partial'>): string {
  return `${partial}.check`;
}

/** Removes what a check left; also for recovery. Throws a {@link HostError} when it can't. */
export async function removeScratch(
  data: Pick<PlexData, 'partial'>,
  { host }: Pick<RunContext, 'host'>,
): Promise<void> {
  const argv = ['rm', '-rf', '--', scratch(data)];
  const options = { uninterruptible: true, log: 'none', timeoutMs: 120_000 } as const;
  // Once more: nothing half-done is left by a command that could not be started.
  if ((await host.exec(argv, options)).ok || (await host.exec(argv, options)).ok) return;
  throw new HostError('EBUSY', scratch(data), 'it could not be removed');
}
