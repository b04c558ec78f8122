import { code, phrase } from '../../core/model/phrase.js';
import type { RunContext } from '../../core/ports/executor.js';
import { bringUp } from '../compose/bring-up.js';
import { serviceContainers } from '../compose/containers.js';
import { logLastLines } from '../compose/logs.js';
import { checkMade, checkRendered } from '../compose/rendered.js';
import { READ, whyFailed } from '../docker/container.js';
import { inspectImage } from '../docker/image.js';
import { replaceAll, tagArgv } from './commands.js';
import { composeFault, STOPPED } from './compose-fault.js';
import type { Replacement, RolloutData } from './data.js';
import { type Fault, newImage } from './pull.js';
import { replaceOneByOne } from './rolling.js';
import { waitUntilSettled } from './settled.js';

/** `checked`: a health check says that it is well. `version`: what the label of the new image names. */
export type Fine = { readonly checked: boolean; readonly version: string | null };

export type Replaced =
  | ({ readonly state: 'fine' } & Fine)
  /** `isUntouched`: its containers are the very ones of before, and as they were. */
  | ({ readonly state: 'failed'; readonly isUntouched: boolean } & Fault);

/** What the image's name meant on this host before it was given to the new image. */
export type ReplacingEntry = { readonly service: string; readonly tagId: string | null };

/** Looks up what rolling back needs to know, before anything is changed. */
export async function beforeReplacing(
  { service, image }: Replacement,
  ctx: RunContext,
): Promise<ReplacingEntry> {
  const tagged = await inspectImage(ctx.host, image);
  return { service, tagId: tagged.state === 'found' ? tagged.value.id : null };
}

/** Replaces a service's containers and watches the new ones. */
export async function replace(
  data: RolloutData,
  replacement: Replacement,
  ctx: RunContext,
): Promise<Replaced> {
  const were = await stateOf(data, replacement, ctx);
  const fault = await attempt(data, replacement, ctx);
  if (!('reason' in fault)) return { state: 'fine', ...fault };
  const isUntouched = were !== null && were === (await stateOf(data, replacement, ctx));
  return { state: 'failed', isUntouched, ...fault };
}

async function attempt(data: RolloutData, replacement: Replacement, ctx: RunContext): Promise<Fault | Fine> {
  const image = await newImage(replacement, ctx);
  if (image === null) {
    if (ctx.signal.aborted) return STOPPED;
    return { reason: 'image_missing', why: phrase`${code(replacement.image)} is not on this host any more.` };
  }
  const edited = await checkRendered(ctx.host, data.inputs, replacement);
  if (edited) return { reason: 'plan_changed', why: edited };
  const tag = tagArgv(replacement);
  const tagged = tag === null ? null : await ctx.host.exec(tag, { ...READ, log: 'stderr' });
  if (tagged?.timedOut && ctx.signal.aborted) return STOPPED;
  if (tagged?.ok === false)
    return { reason: 'command_failed', why: phrase`Docker said: ${code(whyFailed(tagged))}.` };
  const fault =
    replacement.strategy === 'rolling'
      ? await replaceOneByOne(data, replacement, ctx)
      : await replaceAtOnce(data, replacement, ctx);
  if (fault) return fault;
  const settled = await waitUntilSettled(data, replacement, image.id, ctx, {
    signal: ctx.signal,
    edited: (made) => checkMade(ctx.host, data.inputs, replacement, made),
  });
  if (settled.state === 'edited') return { reason: 'plan_changed', why: settled.why };
  if (settled.state === 'fine') return { checked: settled.checked, version: image.version };
  if (settled.state === 'stopped') return STOPPED;
  if (settled.container !== null) await logLastLines(ctx, settled.container);
  const reason = settled.state === 'starting' ? 'still_starting' : 'not_healthy';
  return { reason, why: phrase`${settled.why}.` };
}

async function replaceAtOnce(
  data: RolloutData,
  replacement: Replacement,
  ctx: RunContext,
): Promise<Fault | null> {
  const up = await bringUp(ctx, data, replaceAll(replacement));
  if (ctx.signal.aborted) return STOPPED;
  return up.ok ? null : composeFault(replacement, up);
}

/** Which containers a service has, and since when they run; null when nobody can say. */
async function stateOf(
  { project }: RolloutData,
  { service }: Replacement,
  ctx: RunContext,
): Promise<string | null> {
  const found = await serviceContainers(ctx.host, project, service);
  if (found.state !== 'found') return null;
  return found.value.map(({ id, status, startedAt }) => `${id} ${status} ${startedAt}`).join();
}
