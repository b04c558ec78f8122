import { setTimeout as sleep } from 'node:timers/promises';
import type { RunContext } from '../../core/executor.js';
import type { ExecResult } from '../../core/host.js';
import { code, type Phrase, phrase } from '../../core/phrase.js';
import { type Notice, notice } from '../../core/reasons.js';
import { READ, whyFailed } from '../docker/container.js';
import type { RolloutData } from './data.js';
import { shortId } from './wording.js';

const LABEL = 'chatops.hold';
const PATIENT = { ...READ, timeoutMs: 120_000, afterStopMs: 10_000 } as const;

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

/** Before a removal that failed is tried once more, in ms: the engine may be busy with the container. */
const AGAIN_MS = 500;

/**
 * Removes this part's holds, and those that an interrupted run left in the project; not those of another step of
 * the same run, which works on other services meanwhile. Returns a warning about what could not be removed.
 */
export async function releaseHolds(data: RolloutData, ctx: RunContext): Promise<readonly Notice[]> {
  let failed = await removeHolds(data, ctx);
  // What didn't answer has had its time.
  if (failed && !failed.timedOut) {
    await sleep(AGAIN_MS);
    failed = await removeHolds(data, ctx);
  }
  if (failed === null) return [];
  const filter = `docker ps -a --filter label=${LABEL}.project=${data.project}`;
  const message = phrase`A container that kept an image from before may be left: ${code(whyFailed(failed))}. It never runs.`;
  return [notice('hold_left', message, phrase`The next rollout removes it; ${code(filter)} shows it.`)];
}

/** What failed, or null. */
async function removeHolds(data: RolloutData, ctx: RunContext): Promise<ExecResult | null> {
  const filter = `label=${LABEL}.project=${data.project}`;
  const format = `{{.ID}} {{.Label "${LABEL}"}} {{.Label "${LABEL}.services"}}`;
  const argv = ['docker', 'ps', '-a', '--no-trunc', '--filter', filter, '--format', format];
  const listed = await ctx.host.exec(argv, READ);
  if (!listed.ok) return listed;
  const ids = listed.stdout
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => {
      const [id = '', run, services] = line.split(' ');
      return run === ctx.runId && services !== servicesOf(data) ? [] : [id];
    });
  if (ids.length === 0) return null;
  const removed = await ctx.host.exec(['docker', 'rm', '-v', '--', ...ids], PATIENT);
  return removed.ok ? null : removed;
}

function servicesOf({ replacements }: RolloutData): string {
  return replacements
    .map(({ service }) => service)
    .sort()
    .join();
}
