import type { PlanPart } from '../../core/model/plan.js';
import type { Executor, PartResult, RecoveryReport, RunContext } from '../../core/ports/executor.js';
import { stackPlaces } from '../compose/inputs.js';
import { hasSucceeded, withLeft } from '../compose/left.js';
import { outlastingAbsence } from '../docker/absence.js';
import type { RolloutData } from './data.js';
import { ofEarlier } from './earlier.js';
import type { OwnPart } from './ground.js';

/** New versions of a Compose project's services, one after the other. */
export const rollout: Executor<'rollout', RolloutData> = {
  kind: 'rollout',
  data: {
    version: 3,
    earlier: ofEarlier,
    schema: async () => (await import('./data.js')).ROLLOUT_SCHEMA,
  },
  places: stackPlaces,
  plan: async (fields, ctx) => (await import('./plan.js')).plan(fields, ctx),
  differs: async (shown, now) => (await import('./differs.js')).differs(shown, now),
  run: (part, ctx) =>
    ending(
      part,
      ctx,
      async (own, { kept, refused }) =>
        kept.length > 0 ? refused : (await import('./run.js')).run(part, own),
      attachStep(part),
    ),
  recover: (part, journal, ctx) =>
    ending(part, ctx, async (own, ground) =>
      withKept(await (await import('./recover.js')).recover(ground.part, journal, own), ground),
    ),
  rollBack: (part, journal, ctx) =>
    ending(part, ctx, async (own, ground) =>
      withKept(await (await import('./recover.js')).rollBack(ground.part, journal, own), ground),
    ),
  undo: (part, journal, ctx) =>
    ending(part, ctx, async (own, ground) => {
      const result = await (await import('./undo.js')).undo(ground.part, journal, own);
      return result && withKept(result, ground);
    }),
  release: async (part, ctx) => (await import('./undo.js')).release(part, outlastingAbsence(ctx)),
  observe: async (fields, ctx) => (await import('../compose/observe.js')).observeRollout(fields, ctx),
};

/** Does the work with an engine that may be away for a moment, attaches what lives in the containers, and says what is left down. */
async function ending<End extends PartResult | RecoveryReport | null>(
  part: PlanPart<RolloutData>,
  ctx: RunContext,
  work: (ctx: RunContext, ground: OwnPart) => Promise<End>,
  step: number | null = null,
): Promise<End> {
  const own = outlastingAbsence(ctx);
  const end = await work(own, await (await import('./ground.js')).ownPart(part, own));
  if (end === null) return end;
  const { attachAgain } = await import('./attach.js');
  return left(await attachAgain(end, part.data, own, step), part, own);
}

/** The first one pulls, then there is one for each replacement. */
function attachStep({ data }: PlanPart<RolloutData>): number {
  return data.replacements.length + 1;
}

/** An end that says what was left alone because the bot needs it. */
function withKept<End extends PartResult | RecoveryReport>(end: End, { kept }: OwnPart): End {
  return { ...end, summary: [...end.summary, ...kept] };
}

/** What is replaced ran before, but for what had ended; what is started did not, and has to stay up where that went well. */
function left<End extends PartResult | RecoveryReport>(
  end: End,
  { data }: PlanPart<RolloutData>,
  { host }: RunContext,
): Promise<End> {
  return withLeft(
    end,
    host,
    data.project,
    data.replacements.filter(
      ({ ends, reasons }) => ends === 'never' && (hasSucceeded(end) || !reasons.includes('start')),
    ),
  );
}
