import type { PlanPart } from '../../core/model/plan.js';
import type { Executor, PartResult, RecoveryReport, RunContext } from '../../core/ports/executor.js';
import { stackPlaces } from '../compose/inputs.js';
import { withLeft } from '../compose/left.js';
import { outlastingAbsence } from '../docker/absence.js';
import { runningBefore, type ScaleData } from './data.js';
import { ofEarlier } from './earlier.js';

/** More or fewer containers of one Compose service. */
export const scale: Executor<'scale', ScaleData> = {
  kind: 'scale',
  data: {
    version: 3,
    earlier: ofEarlier,
    schema: async () => (await import('./data.js')).SCALE_SCHEMA,
  },
  places: stackPlaces,
  plan: async (fields, ctx) => (await import('./plan.js')).plan(fields, ctx),
  differs: async (shown, now) => (await import('./differs.js')).differs(shown, now),
  run: (part, ctx) => ending(part, ctx, async (own) => (await import('./run.js')).run(part, own)),
  recover: (part, journal, ctx) =>
    ending(part, ctx, async (own) => (await import('./recover.js')).recover(part, journal, own)),
  rollBack: (part, journal, ctx) =>
    ending(part, ctx, async (own) => (await import('./recover.js')).rollBack(part, journal, own)),
  undo: (part, journal, ctx) =>
    ending(part, ctx, async (own) => (await import('./undo.js')).undo(part, journal, own)),
  observe: async (fields, ctx) => (await import('../compose/observe.js')).observeScale(fields, ctx),
};

/** Does the work with an engine that may be away for a moment, and says what it left down. */
async function ending<End extends PartResult | RecoveryReport | null>(
  part: PlanPart<ScaleData>,
  ctx: RunContext,
  work: (ctx: RunContext) => Promise<End>,
): Promise<End> {
  const own = outlastingAbsence(ctx);
  const end = await work(own);
  return end && left(end, part, own);
}

/** Whether on the way to the number that was wanted or back from it: so many run at least. */
function left<End extends PartResult | RecoveryReport>(
  end: End,
  { data }: PlanPart<ScaleData>,
  { host }: RunContext,
): Promise<End> {
  const isDone = 'state' in end && end.state === 'succeeded';
  const wanted = data.isOneShot ? 0 : data.wanted;
  const replicas = isDone ? wanted : Math.min(data.wanted, runningBefore(data));
  return withLeft(end, host, data.project, [{ service: data.service, replicas }]);
}
