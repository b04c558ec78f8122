import type { Executor, PartResult, RecoveryReport, RunContext } from '../../core/executor.js';
import type { PlanPart } from '../../core/plan.js';
import { ofOneFile } from '../compose/earlier.js';
import { withLeft } from '../compose/left.js';
import type { RolloutData } from './data.js';

/** New versions of a Compose project's services, one after the other. */
export const rollout: Executor<'rollout', RolloutData> = {
  kind: 'rollout',
  data: {
    version: 2,
    earlier: ofOneFile,
    schema: async () => (await import('./data.js')).ROLLOUT_SCHEMA,
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
  observe: async (fields, ctx) => (await import('../compose/observe.js')).observeRollout(fields, ctx),
};

/** All services that are replaced ran before. */
function left<End extends PartResult | RecoveryReport>(
  end: End,
  { data }: PlanPart<RolloutData>,
  { host }: RunContext,
): Promise<End> {
  return withLeft(end, host, data.project, data.replacements);
}
