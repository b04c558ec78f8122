import { causeOf } from '../faults/cause.js';
import type { StepState } from '../model/graph.js';
import { phrase } from '../model/phrase.js';
import type { PlanPart } from '../model/plan.js';
import type { Run } from '../model/run.js';
import type { PartResult } from '../ports/executor.js';
import { otherVersionWords, readPart } from '../ports/plan-data.js';
import { entriesOfWork, UNDO_ENDED, UNDO_STARTED } from '../records/journal.js';
import type { EndedPart } from './course.js';
import {
  contextFor,
  executorOf,
  type PartDeps,
  type PartOfRun,
  type PartScope,
  quietScope,
} from './part-context.js';

/** What became of what was done before a step failed. */
export interface PutBack {
  /** What was put back, or could not be, in that order. */
  readonly undone: readonly { readonly step: string; readonly result: PartResult }[];
  /** Steps of which something stays that nothing undoes, such as an archive. */
  readonly kept: readonly { readonly step: string; readonly action: PlanPart['action'] }[];
  /** Steps whose turn did not come, because somebody stopped the run. */
  readonly left: readonly string[];
  /** States that differ from before. */
  readonly states: ReadonlyMap<string, StepState>;
}

/**
 * Undoes parts that have ended in the reverse order of their ending, where their executor can. Each one is let
 * to its end; a stop counts between two of them.
 */
export async function putBackInReverse(
  deps: PartDeps,
  run: Run,
  ended: readonly EndedPart[],
  scope: PartScope,
): Promise<PutBack> {
  const { journal } = scope.writes;
  const undone: { step: string; result: PartResult }[] = [];
  const kept: { step: string; action: PlanPart['action'] }[] = [];
  const left: string[] = [];
  const states = new Map<string, StepState>();
  for (const { step, index, part, result } of [...ended].reverse()) {
    const isDone = result.state === 'succeeded';
    if (part === null) continue;
    // A part that wrote nothing down has changed nothing.
    const hasChanged = entriesOfWork(journal, index).length > 0;
    if (!executorOf(deps, part).undo) {
      if (isDone) kept.push({ step, action: part.action });
      continue;
    }
    if (!hasChanged) continue;
    if (scope.signal.aborted) {
      left.push(step);
      continue;
    }
    const back = await undoPart(deps, { run, index, part }, scope);
    if (back === null) continue;
    undone.push({ step, result: back });
    const failed = back.state !== 'rolled_back' || states.get(step) === 'failed';
    if (isDone) states.set(step, failed ? 'failed' : 'undone');
  }
  return { undone, kept, left, states };
}

/** Null when there is nothing to put back. A bug in the executor is told as a failure. */
export async function undoPart(
  deps: PartDeps,
  of: PartOfRun,
  { log, progress, writes }: Pick<PartScope, 'log' | 'progress' | 'writes'>,
): Promise<PartResult | null> {
  const executor = executorOf(deps, of.part);
  const { context } = contextFor(deps, of, { ...quietScope(log, writes), progress });
  const work = entriesOfWork(writes.journal, of.index);
  try {
    const part = await readPart(deps, of.part);
    if (!part) return unreadable(of.part);
    await context.note(UNDO_STARTED, null);
    const result = (await executor.undo?.(part, work, context)) ?? null;
    await context.note(UNDO_ENDED, result?.state ?? null);
    return result;
  } catch (error) {
    deps.log.error({ err: error, runId: of.run.id, part: of.index }, 'putting back failed');
    return notBack(error);
  }
}

function unreadable(part: PlanPart): PartResult {
  return { state: 'failed', reason: 'rollback_failed', summary: [otherVersionWords(part)], warnings: [] };
}

function notBack(error: unknown): PartResult {
  const { code, message } = causeOf(error);
  const why =
    code === 'internal_error' ? phrase`Putting it back failed` : phrase`Putting it back failed (${message})`;
  return {
    state: 'failed',
    reason: 'rollback_failed',
    summary: [phrase`${why}: look at what the plan’s steps name, and put it right by hand.`],
    warnings: [],
  };
}
