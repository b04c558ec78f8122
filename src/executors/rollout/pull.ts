import type { RunContext } from '../../core/executor.js';
import { code, type Phrase, phrase } from '../../core/phrase.js';
import type { ReasonCode } from '../../core/reasons.js';
import { whyFailed } from '../docker/container.js';
import { inspectImage } from '../docker/image.js';
import { pullArgv } from './commands.js';
import type { Replacement } from './data.js';

export interface Fault {
  readonly reason: ReasonCode;
  readonly why: Phrase;
  /** What to do about it, where more can be said than about any image that fails. */
  readonly next?: Phrase;
}

/** Fetches an image by the digest that was shown. Moves no tag, so that nothing picks it up yet. */
export async function pull(replacement: Replacement, ctx: RunContext): Promise<Fault | null> {
  const argv = pullArgv(replacement);
  if (argv === null) return null;
  ctx.progress({ current: replacement.image });
  const result = await ctx.host.exec(argv);
  if (result.stopped) return { reason: 'stopped', why: phrase`The pull was stopped.` };
  if (!result.ok) {
    const reason = /not found|manifest unknown/i.test(result.stderr)
      ? 'image_missing'
      : 'registry_unreachable';
    return {
      reason,
      why: phrase`${code(replacement.image)} could not be pulled: ${code(whyFailed(result))}.`,
    };
  }
  return (await newImageId(replacement, ctx)) === null
    ? {
        reason: 'image_missing',
        why: phrase`${code(replacement.image)} was pulled, and is not on this host.`,
      }
    : null;
}

/** The id of the image that the new containers get; null when it is not on this host. */
export async function newImageId({ pull, localId }: Replacement, ctx: RunContext): Promise<string | null> {
  const found = await inspectImage(ctx.host, pull ?? localId ?? '');
  return found.state === 'found' ? found.value.id : null;
}
