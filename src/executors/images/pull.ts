import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { Argv } from '../../core/model/plan.js';
import type { ReasonCode } from '../../core/model/reasons.js';
import type { RunContext } from '../../core/ports/executor.js';
import type { ExecResult } from '../../core/ports/host.js';
import { whyFailed } from '../docker/container.js';
import { inspectImage } from '../docker/image.js';
import { saysDiskFull } from '../shared/space.js';
import type { Pull } from './pull-data.js';
import { isLayerLine, pullProgress } from './pull-progress.js';
import { refusalOf } from './refusal.js';
import { fullWords, roomOf } from './room.js';
import { refusalNotice } from './wording.js';

/** Why an image is not here. */
export interface PullFault {
  readonly reason: ReasonCode;
  readonly why: Phrase;
  readonly next?: Phrase;
}

/**
 * Compose makes the same request as `docker pull`, with the same credentials, and is the only client that tells the bytes
 * to a program. The image comes on its standard input.
 */
const PULL_ARGV: Argv = ['docker', 'compose', '--progress', 'plain', '-p', 'chatops-pull', '-f', '-', 'pull'];

/** Fetches an image by its digest, unless it is here. Moves no tag, so that nothing picks it up yet. */
export async function pullImage(image: Pull, ctx: RunContext): Promise<PullFault | null> {
  if (await isHere(image, ctx)) return null;
  ctx.progress({ current: image.image });
  const platform = image.platform === null ? {} : { platform: image.platform };
  const stdin = JSON.stringify({ services: { image: { image: image.pull, ...platform } } });
  const onStderr = pullProgress(ctx, image.image, image.layers);
  const result = await ctx.host.exec(PULL_ARGV, { stdin, onStderr, omit: isLayerLine });
  if (result.stopped) return { reason: 'stopped', why: phrase`The pull was stopped.` };
  if (!result.ok) return faultOf(image, result, ctx);
  if (await isHere(image, ctx)) return null;
  return {
    reason: 'image_missing',
    why: phrase`${code(image.image)} was pulled, and is not on this host.`,
  };
}

async function isHere({ pull, platform }: Pull, { host }: RunContext): Promise<boolean> {
  const found = await inspectImage(host, pull);
  if (found.state !== 'found') return false;
  return (
    platform === null || found.value.platform === platform || found.value.platform.startsWith(`${platform}/`)
  );
}

async function faultOf(image: Pull, result: ExecResult, { host }: RunContext): Promise<PullFault> {
  if (saysDiskFull(result.stderr))
    return { reason: 'destination_full', ...fullWords(image, await roomOf(host)) };
  const { code: reason, remedy } = refusalNotice(image.image, refusalOf(result), result);
  return {
    reason,
    why: phrase`${code(image.image)} could not be pulled: ${code(whyFailed(result))}.`,
    next: remedy,
  };
}
