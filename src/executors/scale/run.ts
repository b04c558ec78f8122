import type { PartResult, RunContext } from '../../core/executor.js';
import { code, type Phrase, phrase } from '../../core/phrase.js';
import type { PlanPart } from '../../core/plan.js';
import type { ReasonCode } from '../../core/reasons.js';
import { serviceContainers } from '../compose/containers.js';
import { logLastLines } from '../compose/logs.js';
import { waitUntilStable } from '../compose/stable.js';
import { composeUp } from '../compose/up.js';
import { whyFailed } from '../docker/container.js';
import { isNoChange, runningBefore, type ScaleData } from './data.js';
import { goBack } from './go-back.js';
import { SCALING, type Scaling } from './never-started.js';
import { scaleArgv } from './up.js';
import { replicas } from './wording.js';

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
  await ctx.journal(SCALING, { at: ctx.now().getTime() } satisfies Scaling);
  const fault = (await change(data, ctx)) ?? (await watch(data, ctx));
  if (fault) return goBack(data, ctx, fault);
  const summary = [phrase`${name} runs ${replicas(data.wanted)} now; it was ${runningBefore(data)}.`];
  return { state: 'succeeded', reason: 'done', summary, warnings: [] };
}

async function change(data: ScaleData, ctx: RunContext): Promise<Ended | null> {
  ctx.step(0, 'running');
  const up = await composeUp(ctx, data.project, scaleArgv(data, data.wanted));
  ctx.step(0, up.ok ? 'done' : 'failed');
  if (ctx.signal.aborted) return STOPPED;
  if (up.ok) return null;
  const why = phrase`Compose could not scale ${code(data.service)}: ${code(whyFailed(up))}.`;
  return { reason: 'command_failed', summary: [why] };
}

/** Watches the containers that were created or started; the others were there before and stay as they are. */
async function watch(data: ScaleData, ctx: RunContext): Promise<Ended | null> {
  const found = await serviceContainers(ctx.host, data.project, data.service);
  if (found.state !== 'found') return lost(phrase`Docker does not answer any more.`);
  if (found.value.length !== data.wanted) {
    return lost(
      phrase`Compose left ${found.value.length} containers of ${code(data.service)}, not ${data.wanted}.`,
    );
  }
  const ran = new Set(data.before.filter(({ running }) => running).map(({ id }) => id));
  const fresh = found.value.filter(({ id }) => !ran.has(id)).map(({ id }) => id);
  if (fresh.length === 0) return null;
  ctx.step(1, 'running');
  const { timeout, stableFor } = data;
  const { now, signal } = ctx;
  const onWaiting = (current: string): void => ctx.progress({ current });
  const stable = await waitUntilStable(ctx.host, fresh, { timeout, stableFor, now, signal, onWaiting });
  ctx.step(1, stable.state === 'stable' ? 'done' : 'failed');
  if (stable.state === 'stable') return null;
  if (stable.state === 'stopped') return STOPPED;
  await logLastLines(ctx, stable.container);
  return { reason: 'not_healthy', summary: [phrase`${stable.why}.`] };
}

const STOPPED: Ended = { reason: 'stopped', summary: [] };

function lost(why: Phrase): Ended {
  return { reason: 'command_failed', summary: [why] };
}
