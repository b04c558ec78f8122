import type { RunContext } from '../../core/ports/executor.js';
import { type ServiceContainer, serviceContainers } from '../compose/containers.js';
import { isUp } from '../docker/condition.js';
import { READ, whyFailed } from '../docker/container.js';
import { remake } from '../docker/twin/remake.js';
import type { Twin } from '../docker/twin/twin.js';

/** Ids of containers that are gone, with what took their place. */
export type Moved = Map<string, string>;

/** The ids of what runs again, without what is paused; `why`: it doesn't, in the engine's words. */
export type TakenBack =
  | { readonly ok: true; readonly ids: readonly string[] }
  | { readonly ok: false; readonly why: string };

const PATIENT = { ...READ, timeoutMs: 120_000, afterStopMs: 120_000 } as const;

/**
 * Removes a service's containers that were not there before, so that their names and ports are free. One that lives in
 * the namespace of a container that is gone is of no use either.
 */
export async function removeOthers(
  project: string,
  service: string,
  twins: readonly Twin[],
  moved: Moved,
  ctx: RunContext,
): Promise<string | null> {
  const found = await serviceContainers(ctx.host, project, service);
  if (found.state !== 'found')
    return found.state === 'failed' ? found.why : 'its containers change all the time';
  const kept = new Set([...twins.map(({ spec }) => spec.id), ...moved.values()]);
  const others = found.value.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
  return others.length === 0 ? null : removeGently(others, ctx);
}

/** What writes to a volume is asked to end, before it is removed. */
export async function removeGently(ids: readonly string[], ctx: RunContext): Promise<string | null> {
  await ctx.host.exec(['docker', 'stop', '--', ...ids], PATIENT);
  const removed = await ctx.host.exec(['docker', 'rm', '-f', '-v', '--', ...ids], PATIENT);
  return removed.ok || /No such container|already in progress/i.test(removed.stderr)
    ? null
    : whyFailed(removed);
}

/** Gives a service its containers of before: those that are still there are started, the others are made from their twins. */
export async function takeBack(
  project: string,
  service: string,
  twins: readonly Twin[],
  moved: Moved,
  ctx: RunContext,
): Promise<TakenBack> {
  const found = await serviceContainers(ctx.host, project, service);
  if (found.state !== 'found')
    return { ok: false, why: found.state === 'failed' ? found.why : 'they change' };
  const ids: string[] = [];
  for (const twin of [...twins].sort((a, b) => (a.spec.name < b.spec.name ? -1 : 1))) {
    const now = moved.get(twin.spec.id) ?? twin.spec.id;
    const there = found.value.find(({ id }) => id === now);
    const homeless = there !== undefined && now === twin.spec.id && livesInGone(twin, moved);
    if (homeless) {
      const fault = await removeGently([there.id], ctx);
      if (fault !== null) return { ok: false, why: fault };
    }
    const again = there && !homeless ? await asBefore(there, twin, ctx) : await remake(ctx.host, twin, moved);
    if (!again.ok) return again;
    moved.set(twin.spec.id, again.id);
    if (twin.spec.state === 'running') ids.push(again.id);
  }
  return { ok: true, ids };
}

function livesInGone({ spec: { hostConfig } }: Twin, moved: Moved): boolean {
  return [hostConfig.NetworkMode, hostConfig.PidMode, hostConfig.IpcMode].some((mode) => {
    const id = /^container:(.+)$/.exec(String(mode))?.[1];
    return id !== undefined && moved.has(id) && moved.get(id) !== id;
  });
}

/** Compose may have stopped or renamed it before it was cut off. */
async function asBefore(
  container: ServiceContainer,
  { spec }: Twin,
  ctx: RunContext,
): Promise<{ readonly ok: true; readonly id: string } | { readonly ok: false; readonly why: string }> {
  const { id, name, status } = container;
  const commands = [
    ...(name === spec.name ? [] : [['docker', 'rename', '--', id, spec.name]]),
    ...(spec.state === 'running' && status === 'paused' ? [['docker', 'unpause', '--', id]] : []),
    ...(spec.state !== 'stopped' && !isUp(container) ? [['docker', 'start', '--', id]] : []),
    ...(spec.state === 'stopped' && isUp(container) ? [['docker', 'stop', '--', id]] : []),
    ...(spec.state === 'paused' && status !== 'paused' ? [['docker', 'pause', '--', id]] : []),
  ];
  for (const argv of commands) {
    const result = await ctx.host.exec(argv, PATIENT);
    if (!result.ok) return { ok: false, why: whyFailed(result) };
  }
  return { ok: true, id };
}
