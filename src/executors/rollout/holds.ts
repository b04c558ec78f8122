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
    const labels = [
      ...['--label', `${LABEL}=${ctx.runId}`],
      ...['--label', `${LABEL}.project=${data.project}`],
      ...['--label', `${LABEL}.services=${servicesOf(data)}`],
    ];
    const name = `chatops-hold-${data.project}-${ctx.runId}-${data.replacements[0]?.service}-${index}`;
    // An image may have no command of its own; this one is never run.
    const argv = ['docker', 'create', '--name', name, ...labels, '--network', 'none', '--', image, 'true'];
    const created = await ctx.host.exec(argv, PATIENT);
    if (!created.ok) {
      return phrase`The image that runs now, ${code(shortId(image))}, could not be held: ${code(whyFailed(created))}.`;
    }
  }
  return null;
}

/**
 * Removes this part's holds, and those that an interrupted run left in the project; not those of another step of
 * the same run, which works on other services meanwhile.
 */
export async function releaseHolds(data: RolloutData, ctx: RunContext): Promise<void> {
  const filter = `label=${LABEL}.project=${data.project}`;
  const format = `{{.ID}} {{.Label "${LABEL}"}} {{.Label "${LABEL}.services"}}`;
  const argv = ['docker', 'ps', '-a', '--no-trunc', '--filter', filter, '--format', format];
  const listed = await ctx.host.exec(argv, READ);
  const all = listed.ok ? listed.stdout.split('\n').filter(Boolean) : [];
  const ids = all.flatMap((line) => {
    const [id = '', run, services] = line.split(' ');
    return run === ctx.runId && services !== servicesOf(data) ? [] : [id];
  });
  if (ids.length > 0) await ctx.host.exec(['docker', 'rm', '-v', '--', ...ids], PATIENT);
}

function servicesOf({ replacements }: RolloutData): string {
  return replacements
    .map(({ service }) => service)
    .sort()
    .join();
}
