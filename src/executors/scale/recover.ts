import { code, phrase } from '../../core/model/phrase.js';
import type { PlanPart } from '../../core/model/plan.js';
import type { JournalEntry, PartResult, RecoveryReport, RunContext } from '../../core/ports/executor.js';
import { serviceContainers } from '../compose/containers.js';
import { isUp } from '../docker/condition.js';
import { runningBefore, type ScaleData } from './data.js';
import { goBack, whatRuns } from './go-back.js';
import { removeNeverStarted } from './never-started.js';
import { replicas } from './wording.js';

/** Removes what never ran; of what runs it changes nothing: which number is right is for people to say. */
export async function recover(
  { data }: PlanPart<ScaleData>,
  journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<RecoveryReport> {
  if (journal.length === 0) return { summary: [phrase`${code(data.service)} had not been touched.`] };
  const removed = await removeNeverStarted(data, journal, ctx);
  const summary = [...removed, await whatRuns(data, ctx)];
  if (await isAsBefore(data, ctx)) return { summary };
  const asWanted = phrase`${data.wanted} were wanted; whether new ones stay up was not watched.`;
  const rollBack = phrase`Go back to ${replicas(runningBefore(data))} of ${code(data.service)}.`;
  return { summary: [...summary, asWanted], rollBack };
}

/** Goes back to the number of before, when somebody asks for it after an interruption. */
export function rollBack(
  { data }: PlanPart<ScaleData>,
  _journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<PartResult> {
  return goBack(data, ctx, { reason: 'process_died', summary: [] });
}

async function isAsBefore(data: ScaleData, ctx: RunContext): Promise<boolean> {
  const found = await serviceContainers(ctx.host, data.project, data.service);
  if (found.state !== 'found') return false;
  const { value } = found;
  return value.length === data.before.length && value.filter(isUp).length === runningBefore(data);
}
