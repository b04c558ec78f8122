import { causeOf } from '../faults/cause.js';
import { leftBy } from '../model/left-down.js';
import { isIdle } from '../model/nothing-to-do.js';
import { originKey } from '../model/origin.js';
import { phrase } from '../model/phrase.js';
import type { Json, PlanPart } from '../model/plan.js';
import { stepOfPart } from '../planning/planning.js';
import type { Executor, PartResult, RunContext } from '../ports/executor.js';
import type { PastPart } from '../ports/history.js';
import { PART_ENDED, PART_STARTED, ROLL_BACK_OFFERED } from '../records/journal.js';
import {
  contextFor,
  executorOf,
  type PartDeps,
  type PartOfRun,
  type PartScope,
  quietScope,
} from './part-context.js';
import { watchPart } from './part-watch.js';
import { recoverPart } from './recover-part.js';
import { rollBack } from './roll-back.js';

/**
 * Runs one part and journals its beginning and its end. What throws in the middle is an ending like any other: the
 * executor tidies up, and its report is the result. Never rejects for what the executor or the store does.
 */
export async function runPart(deps: PartDeps, of: PartOfRun, scope: PartScope): Promise<PartResult> {
  const { run, index, part } = of;
  const executor = executorOf(deps, part);
  const facts: { remembered?: Json } = {};
  const { context, cutOff } = contextFor(deps, of, {
    ...scope,
    remember: (json) => (facts.remembered = json),
  });
  const watch = watchPart(part, context);
  try {
    await context.journal(PART_STARTED, startedData(of));
  } catch (error) {
    deps.log.error({ err: error, runId: run.id, part: index }, 'the beginning of a part could not be noted');
    const result = notBegun(error, run.plan.parts.length === 1);
    scope.onResult?.(result);
    return result;
  }
  let result: PartResult;
  try {
    result = await work(deps, of, executor, watch.context);
    if (result.rollBack) await context.note(ROLL_BACK_OFFERED, result.rollBack as unknown as Json);
  } catch (error) {
    await cutOff();
    result = await tidiedUp(deps, of, scope, error);
  }
  scope.onResult?.(result);
  await context.note(PART_ENDED, result.state);
  if (result.state === 'succeeded' && run.plan.undoes === undefined) {
    const step = stepOfPart(run.plan, index);
    // A part that had nothing to do says nothing about how long the work takes.
    if (!isIdle(part)) await keepPast(deps, part, step, watch.past());
    if (facts.remembered !== undefined && part.origin)
      await scope.writes.remember(part.origin, facts.remembered);
  }
  return result;
}

function work(
  deps: PartDeps,
  { run, index, part }: PartOfRun,
  executor: Executor,
  context: RunContext,
): Promise<PartResult> {
  const { undoes } = run.plan;
  return undoes === undefined
    ? executor.run(part, context)
    : rollBack(deps, undoes, { executor, part, index }, context);
}

/** Its beginning could not be written down. */
function notBegun(error: unknown, isAll: boolean): PartResult {
  const { code, message, remedy } = causeOf(error);
  const untouched = isAll ? phrase`Nothing was run.` : phrase`This step was not begun.`;
  return {
    state: 'failed',
    reason: code,
    summary: [message, untouched],
    next: remedy,
    warnings: [],
  };
}

/** Why it was cut off, and what has become of what it was doing. */
async function tidiedUp(
  deps: PartDeps,
  of: PartOfRun,
  scope: PartScope,
  error: unknown,
): Promise<PartResult> {
  const { code, message, remedy } = causeOf(error);
  deps.log.error({ err: error, runId: of.run.id, part: of.index }, 'a part was cut off by an error');
  const { isTidy, report } = await recoverPart(deps, of, quietScope(scope.log, scope.writes));
  return {
    state: 'failed',
    reason: isTidy ? code : 'rollback_failed',
    summary: [message, ...report.summary],
    next: remedy,
    ...(report.rollBack ? { rollBack: report.rollBack } : {}),
    ...leftBy([report]),
    warnings: [],
  };
}

/** A part that is run as it was found just now, and not as it was planned, is kept with its beginning. */
function startedData({ run, index, part }: PartOfRun): Json {
  return run.plan.parts[index] === part ? null : (part as unknown as Json);
}

/** The next estimate is no reason to fail a run that did its work. */
async function keepPast(
  { store, log }: PartDeps,
  { intent, origin }: PlanPart,
  step: number,
  past: PastPart,
): Promise<void> {
  try {
    await store.history.add(intent, step, past, origin ? originKey(origin) : null);
  } catch (error) {
    log.warn({ err: error, runId: past.runId }, 'how long the run took could not be kept');
  }
}
