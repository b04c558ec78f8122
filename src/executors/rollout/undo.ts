import type { PlanPart } from '../../core/model/plan.js';
import type { Notice } from '../../core/model/reasons.js';
import type { JournalEntry, PartResult, RunContext } from '../../core/ports/executor.js';
import type { RolloutData } from './data.js';
import { keeperOf, letAllGo, letGo } from './keep.js';
import { sentencesOf } from './recover.js';
import { replacedServices, tagsBefore } from './under-way.js';
import { goBack, withSharers } from './way-back.js';

/** Puts back all services that have their new version, in the order of their dependencies. */
export async function undo(
  { data }: PlanPart<RolloutData>,
  journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<PartResult | null> {
  const replaced = replacedServices(journal);
  const changed = data.replacements.filter(({ service }) => replaced.includes(service));
  if (changed.length === 0) return null;
  const services = withSharers(data.replacements, changed);
  const results = await goBack(data, services, keeperOf(journal), tagsBefore(journal), ctx);
  const ok = results.every((one) => one.ok);
  return {
    state: ok ? 'rolled_back' : 'failed',
    reason: ok ? 'done' : 'rollback_failed',
    summary: sentencesOf(results),
    warnings: ok ? await letGo(data, keeperOf(journal) ?? ctx.runId, ctx) : [],
  };
}

/** Nothing goes back to what ran before any more. */
export function release({ data }: PlanPart<RolloutData>, ctx: RunContext): Promise<readonly Notice[]> {
  return letAllGo(data, ctx);
}
