import type { JournalEntry, PartResult, RunContext } from '../../core/executor.js';
import type { PlanPart } from '../../core/plan.js';
import type { RolloutData } from './data.js';
import { releaseHolds } from './holds.js';
import { replacedServices, sentencesOf } from './recover.js';
import type { ReplacingEntry } from './replace.js';
import { type RolledBack, rescueSharers, rollBackService } from './roll-back.js';

/**
 * Puts back the images of all services that have their new version, in the order in which they were replaced:
 * one that lives in another's network has to be made anew after that one.
 */
export async function undo(
  { data }: PlanPart<RolloutData>,
  journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<PartResult | null> {
  const replaced = replacedServices(journal);
  const toPutBack = data.replacements.filter(({ service }) => replaced.includes(service));
  if (toPutBack.length === 0) return null;
  const results: RolledBack[] = [];
  for (const replacement of toPutBack) {
    results.push(await rollBackService(data, replacement, tagBefore(journal, replacement.service), ctx));
  }
  results.push(...(await rescueSharers(data, replaced, ctx)));
  const warnings = await releaseHolds(data, ctx);
  const ok = results.every((one) => one.ok);
  return {
    state: ok ? 'rolled_back' : 'failed',
    reason: ok ? 'done' : 'rollback_failed',
    summary: sentencesOf(results),
    warnings,
  };
}

/** What the image's name meant before the service was replaced. */
function tagBefore(journal: readonly JournalEntry[], service: string): ReplacingEntry {
  const entries = journal
    .filter(({ kind }) => kind === 'replacing')
    .map(({ data }) => data as ReplacingEntry);
  return entries.find((entry) => entry.service === service) ?? { service, tagId: null };
}
