import * as z from 'zod';
import { code, phrase } from '../../core/model/phrase.js';
import type { RunContext } from '../../core/ports/executor.js';
import { bringUp } from '../compose/bring-up.js';
import { type ServiceContainer, serviceContainers } from '../compose/containers.js';
import { logLastLines } from '../compose/logs.js';
import { checkMade, checkRendered } from '../compose/rendered.js';
import { waitUntilStable } from '../compose/stable.js';
import { isUp } from '../docker/condition.js';
import { tellOf } from '../docker/twin/inspected.js';
import { oneMore } from './commands.js';
import { composeFault, STOPPED } from './compose-fault.js';
import type { Replacement, RolloutData } from './data.js';
import type { Fault } from './pull.js';
import { removeGently } from './take-back.js';

/**
 * Replaces a service's containers one after the other: a new one has to be healthy before the next old one goes. It comes
 * beside the old ones, so that none is missing meanwhile; where it needs an old one's port on the host, that goes first.
 */
export async function replaceOneByOne(
  data: RolloutData,
  replacement: Replacement,
  ctx: RunContext,
): Promise<Fault | null> {
  const { service, replicas } = replacement;
  const found = await serviceContainers(ctx.host, data.project, service);
  if (found.state !== 'found') return unseen(service);
  const olds = found.value.filter(isUp);
  const idle = found.value.filter((one) => !isUp(one)).map(({ id }) => id);
  const unused = idle.length === 0 ? null : await removeGently(idle, ctx);
  if (unused !== null) return notRemoved(service, unused);
  const [first] = olds;
  const isBeside = first === undefined || !(await hasHostPort(first, ctx));
  for (const old of olds) {
    if (ctx.signal.aborted) return STOPPED;
    const fault = isBeside
      ? ((await addOne(data, replacement, replicas + 1, ctx)) ?? (await remove(old, ctx)))
      : ((await remove(old, ctx)) ?? (await addOne(data, replacement, replicas, ctx)));
    if (fault) return fault;
  }
  return null;
}

async function addOne(
  data: RolloutData,
  replacement: Replacement,
  replicas: number,
  ctx: RunContext,
): Promise<Fault | null> {
  const { project, timeout, stableFor } = data;
  const { service } = replacement;
  const before = await serviceContainers(ctx.host, project, service);
  if (before.state !== 'found') return unseen(service);
  const edited = await checkRendered(ctx.host, data.inputs, replacement);
  if (edited) return { reason: 'plan_changed', why: edited };
  const up = await bringUp(ctx, data, oneMore(replacement, replicas));
  if (ctx.signal.aborted) return STOPPED;
  if (!up.ok) return composeFault(replacement, up);
  const after = await serviceContainers(ctx.host, project, service);
  if (after.state !== 'found') return unseen(service);
  const fresh = after.value.filter(({ id }) => before.value.every((one) => one.id !== id));
  const editedSince = await checkMade(ctx.host, data.inputs, replacement, fresh);
  if (editedSince) return { reason: 'plan_changed', why: editedSince };
  const { now, signal } = ctx;
  const onWaiting = (current: string): void => ctx.progress({ current });
  const ids = fresh.map(({ id }) => id);
  const stable = await waitUntilStable(ctx.host, ids, { timeout, stableFor, now, signal, onWaiting });
  if (stable.state === 'stable') return null;
  if (stable.state === 'stopped') return STOPPED;
  await logLastLines(ctx, stable.container);
  const reason = stable.state === 'starting' ? 'still_starting' : 'not_healthy';
  return { reason, why: phrase`${stable.why}.` };
}

async function remove({ id, name }: ServiceContainer, ctx: RunContext): Promise<Fault | null> {
  const why = await removeGently([id], ctx);
  return why === null ? null : notRemoved(name, why);
}

const PORTS = z
  .record(z.string(), z.array(z.object({ HostPort: z.string().default('') })).nullish())
  .nullish();

/** One that the engine doesn't choose. */
async function hasHostPort({ id }: ServiceContainer, ctx: RunContext): Promise<boolean> {
  const told = await tellOf(ctx.host, id);
  const ports = told.ok ? PORTS.safeParse(told.value.HostConfig.PortBindings) : null;
  if (!ports?.success) return true;
  return Object.values(ports.data ?? {}).some((all) =>
    all?.some(({ HostPort }) => HostPort !== '' && HostPort !== '0'),
  );
}

function unseen(service: string): Fault {
  return { reason: 'command_failed', why: phrase`Docker can’t list the containers of ${code(service)}.` };
}

function notRemoved(name: string, why: string): Fault {
  return { reason: 'command_failed', why: phrase`${code(name)} could not be removed: ${code(why)}.` };
}
