import type { PlanGraph, PlanNode, StepState, StepStates } from '../model/graph.js';
import type { Json } from '../model/plan.js';
import type { ProgressSnapshot, Run } from '../model/run.js';
import { firstStates } from '../planning/step-order.js';
import type { JournalRow } from '../ports/store.js';
import { PART_ENDED, PART_STARTED, STEP_SKIPPED, UNDO_ENDED, UNDO_STARTED } from '../records/journal.js';

/**
 * How the steps stand by what the journal has: the truth about a run whose process died, or that failed through
 * a defect. A step that was under way then counts as cancelled.
 */
function statesByJournal(graph: PlanGraph, journal: readonly JournalRow[]): StepStates {
  const traces = tracesOf(journal);
  const skipped = new Set(journal.filter(({ kind }) => kind === STEP_SKIPPED).map(({ data }) => data));
  const states = { ...firstStates(graph) };
  for (const node of graph.nodes) {
    if (skipped.has(node.name)) states[node.name] = 'skipped';
    else if (node.parts.some((part) => traces.has(part))) states[node.name] = stateOf(node, traces);
  }
  return states;
}

/** The progress of a run that can't tell it by itself any more. */
export function progressByJournal(
  { progress }: Pick<Run, 'progress'>,
  graph: PlanGraph,
  journal: readonly JournalRow[],
): ProgressSnapshot {
  const { part = 0, step = 0 } = progress ?? {};
  return { part, step, steps: statesByJournal(graph, journal) };
}

/** What is known of a part that was begun. */
interface Trace {
  readonly ended?: Json;
  readonly isUndoBegun?: boolean;
  readonly undone?: Json;
}

function tracesOf(journal: readonly JournalRow[]): ReadonlyMap<number, Trace> {
  const traces = new Map<number, Trace>();
  const note = (part: number, more: Trace) => traces.set(part, { ...traces.get(part), ...more });
  for (const { kind, part, data } of journal) {
    if (kind === PART_STARTED) note(part, {});
    if (kind === PART_ENDED) note(part, { ended: data });
    if (kind === UNDO_STARTED) note(part, { isUndoBegun: true });
    if (kind === UNDO_ENDED) note(part, { undone: data });
  }
  return traces;
}

function stateOf({ parts }: PlanNode, traces: ReadonlyMap<number, Trace>): StepState {
  const own = parts.map((part) => traces.get(part) ?? {});
  const failure = own.find(({ ended }) => ended !== undefined && ended !== 'succeeded');
  if (failure) return failure.ended as StepState;
  if (own.some(({ ended }) => ended === undefined)) return 'cancelled';
  // Null: there was nothing to put back.
  const begun = own.filter(({ isUndoBegun, undone }) => isUndoBegun && undone !== null);
  if (begun.length === 0) return 'succeeded';
  return begun.every(({ undone }) => undone === 'rolled_back') ? 'undone' : 'failed';
}
