import { setTimeout as sleep } from 'node:timers/promises';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { RunContext } from '../../core/ports/executor.js';
import { hasLost, isProven } from '../compose/alongside.js';
import { serviceContainers } from '../compose/containers.js';
import { inspectContainer, READ, whyFailed } from '../docker/container.js';
import type { RolloutData } from './data.js';

const LOOK_EVERY_MS = 500;
const PATIENT = { ...READ, timeoutMs: 300_000, afterStopMs: 120_000 } as const;

export type DependentFault = { readonly container: string; readonly why: Phrase };

/**
 * Restarts what depends on a service with `restart: true`, once that is another one than before: all that has run for longer
 * than what it depends on. So it can be repeated, and restarts nothing where nothing was replaced.
 */
export async function restartDependents(
  { project, dependents }: RolloutData,
  service: string,
  ctx: RunContext,
): Promise<DependentFault | null> {
  for (const dependent of dependents.filter(({ on, restart }) => restart && on === service)) {
    const on = await serviceContainers(ctx.host, project, service);
    const own = await serviceContainers(ctx.host, project, dependent.service);
    if (on.state !== 'found' || own.state !== 'found') continue;
    const isReplaced = on.value.some(({ id }) => !dependent.replaced.includes(id));
    const since = Math.max(0, ...on.value.map(({ startedAt }) => Date.parse(startedAt)));
    const older = own.value.filter(({ running, startedAt }) => running && Date.parse(startedAt) < since);
    if (!isReplaced || older.length === 0) continue;
    ctx.progress({ current: dependent.service });
    const restarted = await ctx.host.exec(['docker', 'restart', '--', ...older.map(({ id }) => id)], PATIENT);
    if (restarted.ok) continue;
    const why = phrase`${code(dependent.service)} could not be restarted: ${code(whyFailed(restarted))}`;
    return { container: older[0]?.name ?? dependent.service, why };
  }
  return null;
}

/**
 * Waits until what depends on a service is as well with the new one as it was before: what was healthy has to be found
 * healthy by a check that ended since. Null: it is.
 */
export async function watchDependents(
  { project, dependents, timeout }: RolloutData,
  service: string,
  ctx: RunContext,
  signal: AbortSignal | undefined,
): Promise<DependentFault | null> {
  const ids = dependents.filter(({ on }) => on === service).flatMap(({ containers }) => containers);
  if (ids.length === 0) return null;
  const on = await serviceContainers(ctx.host, project, service);
  const since =
    on.state === 'found' ? Math.max(0, ...on.value.map(({ startedAt }) => Date.parse(startedAt))) : 0;
  const began = ctx.now().getTime();
  for (;;) {
    const isLate = ctx.now().getTime() - began >= timeout * 1000;
    let waitingFor: string | null = null;
    for (const id of ids) {
      const found = await inspectContainer(ctx.host, id);
      if (found.state !== 'found') continue;
      const lost = hasLost(found.value, isLate);
      if (lost)
        return {
          container: found.value.name,
          why: phrase`${code(found.value.name)}, which depends on it, ${lost}`,
        };
      if (!isProven(found.value, since)) waitingFor ??= found.value.name;
    }
    if (waitingFor === null || isLate || signal?.aborted) return null;
    ctx.progress({ current: waitingFor });
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
