import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { RunContext } from '../../core/ports/executor.js';
import { upArgv } from '../compose/command.js';
import { composeUp } from '../compose/up.js';
import { whyFailed } from '../docker/container.js';
import { inspectImage } from '../docker/image.js';
import type { Replacement, RolloutData } from './data.js';
import { finishNames } from './names.js';
import { notBack, type RolledBack } from './rolled-back.js';
import { fineWords, waitUntilSettled } from './settled.js';
import { shortId } from './wording.js';

/** A Compose that was killed leaves containers half-way, and the first attempt may only tidy them up. */
const ATTEMPTS = 3;

/**
 * Puts back the very image that ran, where nothing else of it is kept: by a run of a version that made no twins, or because
 * somebody pruned them. Where the image's name doesn't mean it, because the Compose file names another version now, Compose
 * is given its id.
 */
export async function putBackByCompose(
  data: RolloutData,
  replacement: Replacement,
  ctx: RunContext,
): Promise<RolledBack> {
  const { service, oldId, oldDigest } = replacement;
  const fault = await fetchIfGone(oldId, oldDigest, ctx);
  if (fault) return notBack(replacement, fault);
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

/** Null when Compose ended well. */
async function putBack(
  data: RolloutData,
  { service, replicas, image, oldId }: Replacement,
  ctx: RunContext,
): Promise<Phrase | null> {
  const tagged = await inspectImage(ctx.host, image);
  const meansOld = tagged.state === 'found' && tagged.value.id === oldId;
  const { inputs } = data;
  const plain = upArgv(inputs, service, replicas, '-d');
  const overridden = upArgv({ ...inputs, files: [...inputs.files, '-'] }, service, replicas, '-d');
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

/** Somebody may have removed the image. Its digest still names the same one. */
export async function fetchIfGone(
  id: string,
  digest: string | null,
  ctx: RunContext,
): Promise<Phrase | null> {
  const found = await inspectImage(ctx.host, id);
  if (found.state === 'found') return null;
  if (found.state === 'failed') return phrase`Docker said: ${code(found.why)}`;
  if (digest === null) return phrase`its image is gone, and it came from no registry`;
  const pulled = await ctx.host.exec(['docker', 'pull', '--', digest], FETCH);
  return pulled.ok
    ? null
    : phrase`its image is gone, and could not be pulled again: ${code(whyFailed(pulled))}`;
}
