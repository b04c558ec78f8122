import type { RunContext } from '../../core/executor.js';
import { code, phrase } from '../../core/phrase.js';
import { logLastLines } from '../compose/logs.js';
import { composeUp } from '../compose/up.js';
import { READ, whyFailed } from '../docker/container.js';
import { inspectImage } from '../docker/image.js';
import { replaceArgv, tagArgv } from './commands.js';
import type { Replacement, RolloutData } from './data.js';
import { type Fault, newImageId } from './pull.js';
import { waitUntilSettled } from './settled.js';

export type Replaced =
  | { readonly state: 'fine'; readonly checked: boolean }
  | ({ readonly state: 'failed' } & Fault);

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
  const imageId = await newImageId(replacement, ctx);
  if (imageId === null) {
    if (ctx.signal.aborted) return STOPPED;
    return failed('image_missing', phrase`${code(replacement.image)} is not on this host any more.`);
  }
  const tag = tagArgv(replacement);
  const tagged = tag === null ? null : await ctx.host.exec(tag, { ...READ, log: 'stderr' });
  if (tagged?.timedOut && ctx.signal.aborted) return STOPPED;
  if (tagged?.ok === false) return failed('command_failed', phrase`Docker said: ${code(whyFailed(tagged))}.`);
  const up = await composeUp(ctx, data, replaceArgv(data, replacement));
  if (ctx.signal.aborted) return STOPPED;
  if (!up.ok) {
    const why = phrase`Compose could not replace ${code(replacement.service)}: ${code(whyFailed(up))}.`;
    return failed('command_failed', why);
  }
  const settled = await waitUntilSettled(data, replacement, imageId, ctx, ctx.signal);
  if (settled.state === 'fine') return settled;
  if (settled.state === 'stopped') return STOPPED;
  if (settled.container !== null) await logLastLines(ctx, settled.container);
  return failed(settled.state === 'starting' ? 'still_starting' : 'not_healthy', phrase`${settled.why}.`);
}

const STOPPED: Replaced = { state: 'failed', reason: 'stopped', why: [] };

function failed(reason: Fault['reason'], why: Fault['why']): Replaced {
  return { state: 'failed', reason, why };
}
