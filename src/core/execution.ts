import type { PartResult } from './executor.js';
import type { GraphLook, GraphScope } from './graph/course.js';
import type { PlanGraph } from './graph/graph.js';
import { graphOutcome } from './graph/outcome.js';
import { type GraphEnd, runGraph } from './graph/run-graph.js';
import { progressByJournal } from './graph/states.js';
import { leftBy } from './left-down.js';
import { endWhatIsLeft } from './leftovers.js';
import { outcomes } from './outcomes.js';
import { slowRunLine } from './pace-wording.js';
import { type PartDeps, type PartScope, runPart } from './part-run.js';
import { type Phrase, phrase } from './phrase.js';
import { startSaver } from './progress-saver.js';
import type { Notice } from './reasons.js';
import type { Outcome, ProgressSnapshot, Run } from './run.js';
import { RunLog } from './run-log.js';
import type { RunWrites } from './run-writes.js';

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
 * Throws only when an executor has a bug, or the store fails.
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
  const scope = { signal, writes, log, progress: saver.progress };
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
    const end = await graphEnd(deps, run, graph, { ...scope, ...look });
    const more = await leave();
    if (end === null) return withMore(afterDefect(run, graph, writes), more);
    const outcome = graphOutcome(graph, end, signal.aborted);
    return withMore({ outcome: finished(run, outcome, log, deps.now()), progress: end.progress }, more);
  } finally {
    await leave();
    await saver.end();
  }
}

function withMore(execution: Execution, more: readonly Phrase[]): Execution {
  const { outcome } = execution;
  return { ...execution, outcome: { ...outcome, summary: [...outcome.summary, ...more] } };
}

/** Null after a defect. */
async function graphEnd(
  deps: PartDeps,
  run: Run,
  graph: PlanGraph,
  scope: GraphScope,
): Promise<GraphEnd | null> {
  try {
    return await runGraph(deps, run, graph, scope);
  } catch (error) {
    deps.log.error({ err: error, runId: run.id }, 'a graph failed through a defect');
    return null;
  }
}

/** What was done is kept with the end, so that it is not repeated. */
function afterDefect(run: Run, graph: PlanGraph, { journal }: RunWrites): Execution {
  return { outcome: outcomes.bug(), progress: progressByJournal(run, graph, journal) };
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
