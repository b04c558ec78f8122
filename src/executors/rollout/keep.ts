import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { JournalEntry, RunContext } from '../../core/ports/executor.js';
import type { ExecResult } from '../../core/ports/host.js';
import { serviceContainers } from '../compose/containers.js';
import { type Inspected, READ, whyFailed } from '../docker/container.js';
import { TWIN_PROJECT } from '../docker/twin/labels.js';
import { makeTwin } from '../docker/twin/make.js';
import { removeTwins } from '../docker/twin/remove.js';
import { findTwins, type Twin } from '../docker/twin/twin.js';
import type { RolloutData } from './data.js';

/** Noted before the first twin is made; data: {@link Keeping}. */
export const KEEPING = 'keeping';

type Keeping = { readonly runId: string };

/** What kept images before there were twins, and may be left of an interrupted run of then. */
const OLD_HOLD = 'chatops.hold.project';

/**
 * Makes a twin of each container that is replaced: what they are is kept in the engine itself, until what follows is proven.
 * Returns why that failed, or null; nothing is left then.
 */
export async function keepWhatRuns(data: RolloutData, ctx: RunContext): Promise<Phrase | null> {
  await ctx.journal(KEEPING, { runId: ctx.runId } satisfies Keeping);
  for (const { service } of data.replacements) {
    const found = await serviceContainers(ctx.host, data.project, service);
    if (found.state === 'failed')
      return phrase`Docker can’t list the containers of ${code(service)}: ${code(found.why)}.`;
    for (const { id, name } of found.state === 'found' ? found.value : []) {
      if (ctx.signal.aborted) return null;
      const owner = { runId: ctx.runId, project: data.project, service };
      const why = await makeTwin(ctx.host, id, owner);
      if (why !== null)
        return phrase`What ${code(name)} is now can’t be kept for the way back: ${code(why)}.`;
    }
  }
  return null;
}

/** The run that kept what ran before; null: none did, because that run was of a version that had no twins. */
export function keeperOf(journal: readonly JournalEntry[]): string | null {
  const entry = journal.find(({ kind }) => kind === KEEPING);
  return entry ? (entry.data as Keeping).runId : null;
}

/** The twins that a run made of the services of its plan. */
export async function twinsOf(
  data: RolloutData,
  runId: string,
  ctx: RunContext,
): Promise<Inspected<readonly Twin[]>> {
  const found = await findTwins(ctx.host, data.project);
  if (found.state !== 'found') return found;
  const own = found.value.filter((twin) => twin.runId === runId && isOfPlan(data, twin));
  return { state: 'found', value: own };
}

/** Removes the twins of this run. Returns a warning about what could not be removed. */
export function letGo(data: RolloutData, runId: string, ctx: RunContext): Promise<readonly Notice[]> {
  return remove(data, ctx, (twin) => twin.runId === runId);
}

/** Removes every twin of the services, also those of interrupted runs of before: what runs now is proven. */
export function letAllGo(data: RolloutData, ctx: RunContext): Promise<readonly Notice[]> {
  return remove(data, ctx, () => true);
}

async function remove(
  data: RolloutData,
  ctx: RunContext,
  which: (twin: Twin) => boolean,
): Promise<readonly Notice[]> {
  const found = await findTwins(ctx.host, data.project);
  if (found.state === 'failed') return [left(data, found.why)];
  const twins = found.state === 'found' ? found.value : [];
  const ids = twins.filter((twin) => isOfPlan(data, twin) && which(twin)).map(({ id }) => id);
  const failed = (await removeTwins(ctx.host, ids)) ?? (await removeOldHolds(data, ctx));
  return failed === null ? [] : [left(data, whyFailed(failed))];
}

async function removeOldHolds({ project }: RolloutData, ctx: RunContext): Promise<ExecResult | null> {
  const argv = ['docker', 'ps', '-aq', '--no-trunc', '--filter', `label=${OLD_HOLD}=${project}`];
  const listed = await ctx.host.exec(argv, READ);
  return listed.ok ? removeTwins(ctx.host, listed.stdout.split('\n').filter(Boolean)) : listed;
}

function left({ project }: RolloutData, why: string): Notice {
  const filter = `docker ps -a --filter label=${TWIN_PROJECT}=${project}`;
  const message = phrase`A container that kept what ran before may be left: ${code(why)}. It never runs.`;
  return notice('hold_left', message, phrase`The next rollout removes it; ${code(filter)} shows it.`);
}

/** Another step of the same run works on other services meanwhile. */
function isOfPlan({ replacements, current }: RolloutData, { service }: Twin): boolean {
  return current.includes(service) || replacements.some((one) => one.service === service);
}
