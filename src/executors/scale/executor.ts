import type { Executor, PartResult, RecoveryReport, RunContext } from '../../core/executor.js';
import type { PlanPart } from '../../core/plan.js';
import { ofOneFile } from '../compose/earlier.js';
import { withLeft } from '../compose/left.js';
import { runningBefore, type ScaleData } from './data.js';

/** More or fewer containers of one Compose service. */
export const scale: Executor<'scale', ScaleData> = {
  kind: 'scale',
  data: {
    version: 2,
    earlier: ofOneFile,
    schema: async () => (await import('./data.js')).SCALE_SCHEMA,
  },
  places: ({ compose }) => [`compose:${compose}`],
  plan: async (fields, ctx) => (await import('./plan.js')).plan(fields, ctx),
  run: async (part, ctx) => left(await (await import('./run.js')).run(part, ctx), part, ctx),
  recover: async (part, journal, ctx) =>
    left(await (await import('./recover.js')).recover(part, journal, ctx), part, ctx),
  rollBack: async (part, journal, ctx) =>
    left(await (await import('./recover.js')).rollBack(part, journal, ctx), part, ctx),
  undo: async (part, journal, ctx) => {
    const result = await (await import('./undo.js')).undo(part, journal, ctx);
    return result && left(result, part, ctx);
  },
  observe: async (fields, ctx) => (await import('../compose/observe.js')).observeScale(fields, ctx),
};

/** Whether on the way to the number that was wanted or back from it: so many run at least. */
function left<End extends PartResult | RecoveryReport>(
  end: End,
  { data }: PlanPart<ScaleData>,
  { host }: RunContext,
): Promise<End> {
  const replicas = Math.min(data.wanted, runningBefore(data));
  return withLeft(end, host, data.project, [{ service: data.service, replicas }]);
}
