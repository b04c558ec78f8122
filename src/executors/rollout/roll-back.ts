import type { RunContext } from '../../core/executor.js';
import { code, type Phrase, phrase } from '../../core/phrase.js';
import { upArgv } from '../compose/command.js';
import { composeUp } from '../compose/up.js';
import { READ, whyFailed } from '../docker/container.js';
import { inspectImage } from '../docker/image.js';
import { isPinned } from '../images/name.js';
import type { Replacement, RolloutData } from './data.js';
import { finishNames } from './names.js';
import { beforeReplacing, type ReplacingEntry } from './replace.js';
import { fineWords, waitUntilSettled } from './settled.js';
import { shortId } from './wording.js';

/** A Compose that was killed leaves containers half-way, and the first attempt may only tidy them up. */
const ATTEMPTS = 3;

export interface RolledBack {
  readonly ok: boolean;
  readonly sentence: Phrase;
}

/**
 * Puts back the very image that ran. First the image's name gets back what it meant before, so that a later
 * `docker compose up` starts nothing else. Where the name did not mean the image that ran (the Compose file
 * names another version now, or a service that is finished keeps the new one), Compose is given that image's id.
 */
export async function rollBackService(
  data: RolloutData,
  replacement: Replacement,
  before: ReplacingEntry,
  ctx: RunContext,
): Promise<RolledBack> {
  const { service, oldId, oldDigest, image } = replacement;
  const fault = await fetchIfGone(oldId, oldDigest, ctx);
  if (fault) return notBack(replacement, fault);
  if (before.tagId !== null && !isPinned(image)) {
    await ctx.host.exec(['docker', 'tag', '--', before.tagId, image], READ);
  }
  let last: Phrase = [];
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const up = await putBack(data, replacement, ctx);
    const settled = await waitUntilSettled(data, replacement, oldId, ctx);
    if (settled.state === 'fine' || settled.state === 'starting') {
      await finishNames(data.project, service, ctx);
      const runs = phrase`${code(service)} runs the image from before again (${code(shortId(oldId))})`;
      const how = settled.state === 'fine' ? fineWords(settled.checked) : 'and is still starting';
      return { ok: true, sentence: phrase`${runs} ${how}.` };
    }
    last = up ?? (settled.state === 'failed' ? settled.why : []);
    if (settled.state === 'failed' && (settled.isUnseen || (up === null && settled.container !== null)))
      break;
  }
  return notBack(replacement, last);
}

/**
 * Makes anew, with the images of before, what lives in the namespace of a container that is another one now:
 * a rollout that ends early must not leave them without a network.
 */
export async function rescueSharers(
  data: RolloutData,
  replaced: readonly string[],
  ctx: RunContext,
): Promise<readonly RolledBack[]> {
  const results: RolledBack[] = [];
  for (const other of data.replacements) {
    if (replaced.includes(other.service) || !livesInOneOf(other, replaced)) continue;
    results.push(await rollBackService(data, other, await beforeReplacing(other, ctx), ctx));
  }
  return results;
}

/** Does it use a namespace of one of these services? */
export function livesInOneOf({ livesIn }: Replacement, services: readonly string[]): boolean {
  return livesIn.some((service) => services.includes(service));
}

/** Null when Compose ended well. */
async function putBack(
  data: RolloutData,
  { service, replicas, image, oldId }: Replacement,
  ctx: RunContext,
): Promise<Phrase | null> {
  const tagged = await inspectImage(ctx.host, image);
  const meansOld = tagged.state === 'found' && tagged.value.id === oldId;
  const { inputs } = data;
  const plain = upArgv(inputs, service, replicas);
  const overridden = upArgv({ ...inputs, files: [...inputs.files, '-'] }, service, replicas);
  const up = meansOld
    ? await composeUp(ctx, data, plain, { log: 'none' })
    : await composeUp(ctx, data, overridden, { log: 'none', stdin: overrideFor(service, oldId) });
  return up.ok ? null : phrase`Compose said: ${code(whyFailed(up))}`;
}

/** A second Compose file, read from stdin. */
function overrideFor(service: string, image: string): string {
  return JSON.stringify({ services: { [service]: { image } } });
}

/** A pull moves as long as its registry answers. */
const FETCH = { uninterruptible: true, timeoutMs: 600_000, idleMs: 60_000, log: 'none' } as const;

/** Somebody may have pruned containers too, and with its hold the image. Its digest still names the same one. */
async function fetchIfGone(id: string, digest: string | null, ctx: RunContext): Promise<Phrase | null> {
  const found = await inspectImage(ctx.host, id);
  if (found.state === 'found') return null;
  if (found.state === 'failed') return phrase`Docker said: ${code(found.why)}`;
  if (digest === null) return phrase`its image is gone, and it came from no registry`;
  const pulled = await ctx.host.exec(['docker', 'pull', '--', digest], FETCH);
  return pulled.ok
    ? null
    : phrase`its image is gone, and could not be pulled again: ${code(whyFailed(pulled))}`;
}

function notBack({ service, oldId }: Replacement, why: Phrase): RolledBack {
  const sentence = phrase`Putting back the image of ${code(service)} from before (${code(shortId(oldId))}) failed: ${why}.`;
  return { ok: false, sentence };
}
