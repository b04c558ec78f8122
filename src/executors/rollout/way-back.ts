import { code, phrase } from '../../core/model/phrase.js';
import type { RunContext } from '../../core/ports/executor.js';
import { waitUntilStable } from '../compose/stable.js';
import { READ } from '../docker/container.js';
import type { Twin } from '../docker/twin/twin.js';
import { isPinned } from '../images/name.js';
import { fetchIfGone, putBackByCompose } from './by-compose.js';
import type { Replacement, RolloutData } from './data.js';
import { twinsOf } from './keep.js';
import type { ReplacingEntry } from './replace.js';

import { notBack, type RolledBack } from './rolled-back.js';
import { fineWords } from './settled.js';
import { type Moved, removeOthers, takeBack } from './take-back.js';
import { shortId } from './wording.js';

/** Noted before services are given back what they ran; data: their names as `services`. */
export const ROLLING_BACK = 'rolling_back';
/** Noted when they have it; data: the same. */
export const WENT_BACK = 'went_back';

/** An engine that is busy or was started again just now may need a second request. */
const ATTEMPTS = 3;

/**
 * Gives services their containers of before, from the twins that a run made of them: the same image, mounts, environment,
 * networks, labels and name. All that replaced them goes first, because it has their names and ports; then they come in the
 * order of their dependencies. What has no twin any more, because somebody pruned it, is put back by Compose.
 * @param services in the order of their dependencies
 * @param keeper the run that made the twins; null: none did
 */
export async function goBack(
  data: RolloutData,
  services: readonly Replacement[],
  keeper: string | null,
  tags: readonly ReplacingEntry[],
  ctx: RunContext,
): Promise<readonly RolledBack[]> {
  const found = keeper === null ? null : await twinsOf(data, keeper, ctx);
  if (found?.state === 'failed')
    return services.map((one) => notBack(one, phrase`Docker said: ${code(found.why)}`));
  const twins = found?.state === 'found' ? found.value : [];
  await restoreTags(services, tags, ctx);
  const moved: Moved = new Map();
  const removed = await removeAll(data, services, twins, moved, ctx);
  const results: RolledBack[] = [];
  for (const one of services) {
    const own = twins.filter(({ service }) => service === one.service);
    results.push(
      own.length === 0
        ? await withoutTwins(data, one, moved, ctx)
        : await fromTwins(data, one, own, { moved, removed: removed.get(one.service) ?? null }, ctx),
    );
  }
  return results;
}

/** Those that were changed, and of the others those that live in their namespaces, in order. */
export function withSharers(
  services: readonly Replacement[],
  changed: readonly Replacement[],
): readonly Replacement[] {
  const gone = new Set(changed.map(({ service }) => service));
  return services.filter((one) => {
    if (!gone.has(one.service) && !one.livesIn.some((service) => gone.has(service))) return false;
    gone.add(one.service);
    return true;
  });
}

/** Images' names mean again what they meant, so that a later `docker compose up` starts nothing else. */
export async function restoreTags(
  services: readonly Replacement[],
  tags: readonly ReplacingEntry[],
  ctx: RunContext,
): Promise<void> {
  // Of services that share an image, the first one saw what its name meant before.
  const meant = new Map<string, string>();
  for (const { service, image } of services) {
    const tagId = tags.find((tag) => tag.service === service)?.tagId ?? null;
    if (tagId !== null && !isPinned(image) && !meant.has(image)) meant.set(image, tagId);
  }
  for (const [image, tagId] of meant) await ctx.host.exec(['docker', 'tag', '--', tagId, image], READ);
}

/** What never ran is gone again; what ran has lost its twins. */
async function withoutTwins(
  data: RolloutData,
  replacement: Replacement,
  moved: Moved,
  ctx: RunContext,
): Promise<RolledBack> {
  const { service, oldId } = replacement;
  if (oldId !== '') return putBackByCompose(data, replacement, ctx);
  const why = await removeOthers(data.project, service, [], moved, ctx);
  if (why !== null) return notBack(replacement, phrase`Docker said: ${code(why)}`);
  return { ok: true, sentence: phrase`${code(service)} was removed again; it did not run before.` };
}

/** Why what replaced a service, or is new, could not be removed. */
async function removeAll(
  { project }: RolloutData,
  services: readonly Replacement[],
  twins: readonly Twin[],
  moved: Moved,
  ctx: RunContext,
): Promise<ReadonlyMap<string, string>> {
  const faults = new Map<string, string>();
  for (const { service, oldId } of [...services].reverse()) {
    const own = twins.filter((twin) => twin.service === service);
    const isLeft = own.length === 0 && oldId !== '';
    const why = isLeft ? null : await removeOthers(project, service, own, moved, ctx);
    if (why !== null) faults.set(service, why);
  }
  return faults;
}

async function fromTwins(
  data: RolloutData,
  replacement: Replacement,
  twins: readonly Twin[],
  { moved, removed }: { readonly moved: Moved; readonly removed: string | null },
  ctx: RunContext,
): Promise<RolledBack> {
  const { project } = data;
  const { service, oldId, oldDigest } = replacement;
  let fault = removed;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if (attempt > 1) fault = await removeOthers(project, service, twins, moved, ctx);
    if (fault !== null) continue;
    const back = await takeBack(project, service, twins, moved, ctx);
    if (back.ok) return settled(data, replacement, twins, back.ids, ctx);
    fault = back.why;
    const gone = /no such image/i.test(fault) ? await fetchIfGone(oldId, oldDigest, ctx) : null;
    if (gone !== null) return notBack(replacement, gone);
  }
  return notBack(replacement, phrase`Docker said: ${code(fault ?? '')}`);
}

/** Only what was well before has to be so again. */
async function settled(
  data: RolloutData,
  replacement: Replacement,
  twins: readonly Twin[],
  ids: readonly string[],
  ctx: RunContext,
): Promise<RolledBack> {
  const { timeout, stableFor } = data;
  const onWaiting = (current: string): void => ctx.progress({ current });
  const stable = await waitUntilStable(ctx.host, ids, { timeout, stableFor, now: ctx.now, onWaiting });
  const runs = phrase`${code(replacement.service)} runs the image from before again (${code(imagesOf(twins))})`;
  const checked = twins.every(({ spec }) => spec.health === 'healthy');
  const wasWell = twins.every(({ spec }) => spec.health === 'healthy' || spec.health === 'none');
  if (twins.every(({ spec }) => spec.state === 'stopped')) {
    const has = phrase`${code(replacement.service)} has its container from before again (${code(imagesOf(twins))})`;
    return { ok: true, sentence: phrase`${has}, which does not run.` };
  }
  if (stable.state === 'starting') return { ok: true, sentence: phrase`${runs} and is still starting.` };
  if (stable.state !== 'failed') return { ok: true, sentence: phrase`${runs} ${fineWords(checked)}.` };
  return wasWell
    ? notBack(replacement, stable.why)
    : { ok: true, sentence: phrase`${runs}; it was not healthy before either (${stable.why}).` };
}

function imagesOf(twins: readonly Twin[]): string {
  return [...new Set(twins.map(({ imageId }) => shortId(imageId)))].join(', ');
}
