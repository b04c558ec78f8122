import type { RunContext } from '../../core/executor.js';
import { code, type Phrase, phrase } from '../../core/phrase.js';
import { READ, whyFailed } from '../docker/container.js';
import type { RolloutData } from './data.js';
import { shortId } from './wording.js';

const LABEL = 'chatops.hold';
const PATIENT = { ...READ, timeoutMs: 120_000 } as const;

/**
 * Makes a container from each image that runs now and never starts it: `docker image prune -a` takes no image
 * that a container was made from. Returns why that failed, or null.
 */
export async function holdOldImages(data: RolloutData, ctx: RunContext): Promise<Phrase | null> {
  await releaseHolds(data, ctx);
  await ctx.journal('holding', null);
  const images = [...new Set(data.replacements.map(({ oldId }) => oldId))];
  for (const [index, image] of images.entries()) {
    const labels = ['--label', `${LABEL}=${ctx.runId}`, '--label', `${LABEL}.project=${data.project}`];
    const name = `chatops-hold-${data.project}-${ctx.runId}-${index}`;
    // An image may have no command of its own; this one is never run.
    const argv = ['docker', 'create', '--name', name, ...labels, '--network', 'none', '--', image, 'true'];
    const created = await ctx.host.exec(argv, PATIENT);
    if (!created.ok) {
      return phrase`The image that runs now, ${code(shortId(image))}, could not be held: ${code(whyFailed(created))}.`;
    }
  }
  return null;
}

/** Removes every hold of the project, also what an interrupted run left. */
export async function releaseHolds({ project }: RolloutData, ctx: RunContext): Promise<void> {
  const filter = `label=${LABEL}.project=${project}`;
  const listed = await ctx.host.exec(['docker', 'ps', '-aq', '--no-trunc', '--filter', filter], READ);
  const ids = listed.ok ? listed.stdout.split('\n').filter(Boolean) : [];
  if (ids.length > 0) await ctx.host.exec(['docker', 'rm', '-v', '--', ...ids], PATIENT);
}
