import { causeOf } from '../faults/cause.js';
import type { PlanGraph } from '../model/graph.js';
import { leftBy, startedBy } from '../model/left-down.js';
import { type Phrase, phrase } from '../model/phrase.js';
import type { Notice } from '../model/reasons.js';
import type { Outcome, ProgressSnapshot, Run } from '../model/run.js';
import { slowRunLine } from '../planning/pace-wording.js';
import type { PartResult } from '../ports/executor.js';
import { outcomes } from '../records/outcomes.js';
import { RunLog } from '../records/run-log.js';
import type { RunWrites } from '../records/run-writes.js';
import type { GraphLook, GraphScope } from './course.js';
import { graphOutcome } from './graph-outcome.js';
import { endWhatIsLeft } from './leftovers.js';
import type { PartDeps, PartScope } from './part-context.js';
import { runPart } from './part-run.js';
import { startSaver } from './progress-saver.js';
import { RunActivity } from './run-activity.js';
import { runGraph } from './run-graph.js';
import { progressByJournal } from './states.js';

/** Lines of the tools' output that an unsuccessful outcome quotes. */
const TAIL_LINES = 15;

/** How a run's work ended. */
export interface Execution {
  readonly outcome: Outcome;
  /** Of a graph: how its steps stand in the end. */
  readonly progress?: ProgressSnapshot;
}

/**
 * Runs the stored plan: its parts in their order up to the first one that does not succeed, or its graph.
 * What an executor or the store throws is an ending like any other.
 */
export async function execute(
  deps: PartDeps,
  run: Run,
  signal: AbortSignal,
  look: GraphLook,
  writes: RunWrites,
): Promise<Execution> {
  const log = new RunLog(deps.redactor.text);
  const saver = startSaver(deps, run.id, log);
  const activity = new RunActivity((isResting) => deps.runSlots.rest(run.id, isResting));
  const scope = { signal, writes, log, progress: saver.progress, activity };
  let left: Promise<readonly Phrase[]> | null = null;
  const leave = (): Promise<readonly Phrase[]> => {
    left ??= endWhatIsLeft(deps, run.id, log);
    return left;
  };
  try {
    const { graph } = run.plan;
    if (!graph) {
      const results = await runInOrder(deps, run, scope);
      const more = await leave();
      return withMore({ outcome: outcomeOf(run, results, log, deps.now()) }, more);
    }
    const execution = await followGraph(deps, run, graph, { ...scope, ...look });
    return withMore(execution, await leave());
  } finally {
    await leave();
    await saver.end();
  }
}

async function followGraph(
  deps: PartDeps,
  run: Run,
  graph: PlanGraph,
  scope: GraphScope,
): Promise<Execution> {
  try {
    const end = await runGraph(deps, run, graph, scope);
    const outcome = graphOutcome(graph, end, scope.signal.aborted);
    return { outcome: finished(run, outcome, scope.log, deps.now()), progress: end.progress };
  } catch (error) {
    deps.log.error({ err: error, runId: run.id }, 'a graph was cut off by an error');
    return afterError(run, graph, scope.writes, error);
  }
}

function withMore(execution: Execution, more: readonly Phrase[]): Execution {
  const { outcome } = execution;
  return { ...execution, outcome: { ...outcome, summary: [...outcome.summary, ...more] } };
}

/** What was done is kept with the end, so that it is not repeated. */
function afterError(run: Run, graph: PlanGraph, { journal }: RunWrites, error: unknown): Execution {
  return { outcome: outcomes.cutOff(causeOf(error)), progress: progressByJournal(run, graph, journal) };
}

/** The results of the parts that were begun. */
async function runInOrder(deps: PartDeps, run: Run, scope: PartScope): Promise<readonly PartResult[]> {
  const results: PartResult[] = [];
  for (const [index, part] of run.plan.parts.entries()) {
    const result = scope.signal.aborted
      ? STOPPED_BETWEEN_PARTS
      : await runPart(deps, { run, index, part }, scope);
    results.push(result);
    if (result.state !== goodEnd(run)) break;
  }
  return results;
}

/** What lets the next part begin. */
function goodEnd({ plan }: Run): PartResult['state'] {
  return plan.undoes === undefined ? 'succeeded' : 'rolled_back';
}

const STOPPED_BETWEEN_PARTS: PartResult = {
  state: 'cancelled',
  reason: 'stopped',
  summary: [],
  warnings: [],
};

function outcomeOf(run: Run, results: readonly PartResult[], log: RunLog, now: Date): Outcome {
  const last = results.at(-1);
  if (!last) throw new Error('a plan without parts was run');
  const failed = last.state !== 'succeeded';
  const summary = results.flatMap((result) => result.summary);
  const outcome: Outcome = {
    state: last.state,
    reason: failed ? last.reason : 'done',
    summary: [...summary, ...(failed ? notStarted(run, results.length) : [])],
    ...(last.next ? { next: last.next } : {}),
    ...leftBy(results),
    ...startedBy(results),
    ...(last.rollBack ? { rollBack: last.rollBack } : {}),
    warnings: results.flatMap((result): readonly Notice[] => result.warnings),
    tail: [],
  };
  return finished(run, outcome, log, now);
}

/** With what is said of every run in the end: how slow it was, or the last lines of its tools. */
function finished(run: Run, outcome: Outcome, log: RunLog, now: Date): Outcome {
  if (outcome.state === 'succeeded')
    return { ...outcome, summary: [...outcome.summary, ...slower(run, now)] };
  return { ...outcome, tail: log.last(TAIL_LINES) };
}

function slower({ plan, startedAt }: Run, now: Date): readonly Phrase[] {
  const line = startedAt === null ? null : slowRunLine(plan, now.getTime() - Date.parse(startedAt));
  return line === null ? [] : [line];
}

function notStarted(run: Run, begun: number): Phrase[] {
  const total = run.plan.parts.length;
  if (begun >= total) return [];
  return [phrase`This was step ${begun} of ${total}; the later ones were not started.`];
}
