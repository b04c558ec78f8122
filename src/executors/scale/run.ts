import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { PlanPart } from '../../core/model/plan.js';
import type { ReasonCode } from '../../core/model/reasons.js';
import type { PartResult, RunContext } from '../../core/ports/executor.js';
import { formatCount } from '../../core/text/format.js';
import { bringUp } from '../compose/bring-up.js';
import { type ServiceContainer, serviceContainers } from '../compose/containers.js';
import { logLastLines } from '../compose/logs.js';
import { checkMade, checkRendered } from '../compose/rendered.js';
import { waitUntilStable } from '../compose/stable.js';
import { whyFailed } from '../docker/container.js';
import { isNoChange, runningBefore, type ScaleData } from './data.js';
import { goBack } from './go-back.js';
import { SCALING, type Scaling } from './never-started.js';
import { replicasOf } from './wanted.js';
import { replicas } from './wording.js';

/** `ended`: how many containers have done their work. */
type Fine = { readonly ended: number };
type Ended = { readonly reason: ReasonCode; readonly summary: readonly Phrase[] };

/** Scales, waits until the new containers are fine, and goes back when they are not or when it is stopped. */
export async function run({ data }: PlanPart<ScaleData>, ctx: RunContext): Promise<PartResult> {
  const name = code(data.service);
  if (isNoChange(data)) {
    const summary = [phrase`${name} runs ${replicas(data.wanted)} already. Nothing was changed.`];
    return { state: 'succeeded', reason: 'done', summary, warnings: [] };
  }
  if (ctx.signal.aborted) {
    return { state: 'cancelled', reason: 'stopped', summary: [phrase`Nothing was changed.`], warnings: [] };
  }
  const edited = await editedSince(data, ctx);
  if (edited) {
    const summary = [phrase`Nothing was changed.`, ...edited.summary];
    return { state: 'failed', reason: edited.reason, summary, warnings: [] };
  }
  await ctx.journal(SCALING, { at: ctx.now().getTime() } satisfies Scaling);
  const seen = (await change(data, ctx)) ?? (await watch(data, ctx));
  if ('reason' in seen) return goBack(data, ctx, seen);
  const summary = [...endedWords(data, seen), ...runsWords(data, seen)];
  return { state: 'succeeded', reason: 'done', summary, warnings: [] };
}

/** What one-shot containers did. */
function endedWords({ service }: ScaleData, { ended }: Fine): readonly Phrase[] {
  if (ended === 0) return [];
  const containers = formatCount(ended, 'container');
  return [phrase`${code(service)} did its work: ${containers} ended with exit code 0.`];
}

function runsWords(data: ScaleData, { ended }: Fine): readonly Phrase[] {
  const running = data.wanted - ended;
  if (running === 0 && ended > 0) return [];
  return [phrase`${code(data.service)} runs ${replicas(running)} now; it was ${runningBefore(data)}.`];
}

async function change(data: ScaleData, ctx: RunContext): Promise<Ended | null> {
  ctx.step(0, 'running');
  const up = await bringUp(ctx, data, replicasOf(data, data.wanted));
  ctx.step(0, up.ok ? 'done' : 'failed');
  if (ctx.signal.aborted) return STOPPED;
  if (up.ok) return null;
  const why = phrase`Compose could not scale ${code(data.service)}: ${code(whyFailed(up))}.`;
  return { reason: 'command_failed', summary: [why] };
}

/** Only new containers are made from the files. */
async function editedSince(
  data: ScaleData,
  { host }: RunContext,
  made?: readonly ServiceContainer[],
): Promise<Ended | null> {
  if (data.wanted <= data.before.length) return null;
  const edited = made
    ? await checkMade(host, data.inputs, data, made)
    : await checkRendered(host, data.inputs, data);
  return edited && { reason: 'plan_changed', summary: [edited] };
}

/** Watches the containers that were created or started; the others were there before and stay as they are. */
async function watch(data: ScaleData, ctx: RunContext): Promise<Ended | Fine> {
  const found = await serviceContainers(ctx.host, data.project, data.service);
  if (found.state !== 'found') return lost(phrase`Docker does not answer any more.`);
  const made = found.value.filter(({ id }) => data.before.every((one) => one.id !== id));
  const edited = await editedSince(data, ctx, made);
  if (edited) return edited;
  if (found.value.length !== data.wanted) {
    return lost(
      phrase`Compose left ${found.value.length} containers of ${code(data.service)}, not ${data.wanted}.`,
    );
  }
  const ran = new Set(data.before.filter(({ running }) => running).map(({ id }) => id));
  const fresh = found.value.filter(({ id }) => !ran.has(id)).map(({ id }) => id);
  if (fresh.length === 0) return { ended: 0 };
  ctx.step(1, 'running');
  const { timeout, stableFor } = data;
  const ends = data.isOneShot ? 'may' : 'never';
  const { now, signal } = ctx;
  const onWaiting = (current: string): void => ctx.progress({ current });
  const stable = await waitUntilStable(ctx.host, fresh, { timeout, stableFor, ends, now, signal, onWaiting });
  ctx.step(1, stable.state === 'stable' ? 'done' : 'failed');
  if (stable.state === 'stable') return { ended: stable.ended.length };
  if (stable.state === 'stopped') return STOPPED;
  await logLastLines(ctx, stable.container);
  const reason = stable.state === 'starting' ? 'still_starting' : 'not_healthy';
  return { reason, summary: [phrase`${stable.why}.`] };
}

const STOPPED: Ended = { reason: 'stopped', summary: [] };

function lost(why: Phrase): Ended {
  return { reason: 'command_failed', summary: [why] };
}
