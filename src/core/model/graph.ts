import type { Params } from './request.js';

/** What a step's failure means for the others: begin nothing more, go on, or undo what was done. */
export const ON_FAILURE = ['stop', 'continue', 'rollback'] as const;
export type OnFailure = (typeof ON_FAILURE)[number];

/** What one step of a graph does: another intent with values for its parameters, or an action of its own. */
export type GraphWork =
  | { readonly kind: 'intent'; readonly intent: string; readonly params: Params }
  /** `step` is the index in the intent's own `steps`. */
  | { readonly kind: 'action'; readonly step: number };

/** One named step of an intent with `action: steps`. */
export interface GraphStep {
  /** Unique in its intent: letters, digits, `_` and `-`, at most 60. */
  readonly name: string;
  /** Names of steps that must have ended before this one begins. */
  readonly needs: readonly string[];
  /** A condition in Liquid's `if` syntax over parameters and `steps.<name>` of `needs`; null: always. */
  readonly when: string | null;
  readonly onFailure: OnFailure;
  readonly work: GraphWork;
}

/** A directed acyclic graph: the steps as the file has them. */
export interface Graph {
  readonly steps: readonly GraphStep[];
  /** At most so many steps run at once, 1 to 16. */
  readonly maxParallel: number;
}

/** How a step of a graph stands. A skipped one had a condition that did not hold. */
export const STEP_STATES = [
  'waiting',
  'running',
  'succeeded',
  'failed',
  'rolled_back',
  'cancelled',
  'skipped',
  /** It succeeded, and was put back because a later one failed. */
  'undone',
] as const;
export type StepState = (typeof STEP_STATES)[number];

/** By the steps' names. */
export type StepStates = Readonly<Record<string, StepState>>;

/** One step of a plan's graph, in an order in which every step comes after those it needs. */
export interface PlanNode {
  readonly name: string;
  /** Indices of its parts in the plan, in the order in which they run; empty when `skipped` or `doneIn` is set. */
  readonly parts: readonly number[];
  readonly needs: readonly string[];
  readonly when: string | null;
  readonly onFailure: OnFailure;
  /** The condition can't hold with these parameters: it will not run. */
  readonly skipped?: true;
  /** The resumed run in which this step ended already; it is not repeated. */
  readonly doneIn?: string;
}

export interface PlanGraph {
  readonly nodes: readonly PlanNode[];
  readonly maxParallel: number;
}
