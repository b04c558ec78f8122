import type { PlanGraph, PlanNode, StepState, StepStates } from '../model/graph.js';
import type { Plan } from '../model/plan.js';
import { overlaps } from '../ports/leases.js';

/** A step with what each of its parts must have for itself while it runs. */
export interface ScheduledStep extends PlanNode {
  readonly touches: readonly Touches[];
}

type Touches = readonly string[];

/** A plan's steps, each after those that it needs. */
export interface Schedule {
  readonly steps: readonly ScheduledStep[];
  readonly maxParallel: number;
}

/** What happens next: steps whose condition does not hold, or those that begin now; never both. */
export interface Next {
  readonly skip: readonly string[];
  readonly begin: readonly string[];
}

export function scheduleOf({ nodes, maxParallel }: PlanGraph, parts: Plan['parts']): Schedule {
  const touchesOf = ({ parts: own }: PlanNode) => own.map((index) => parts[index]?.touches ?? []);
  return { steps: nodes.map((node) => ({ ...node, touches: touchesOf(node) })), maxParallel };
}

/** How the steps stand before the first one begins. */
export function firstStates({ nodes }: Pick<PlanGraph, 'nodes'>): StepStates {
  return Object.fromEntries(nodes.map((node) => [node.name, firstState(node)]));
}

function firstState({ skipped, doneIn }: PlanNode): StepState {
  if (skipped) return 'skipped';
  return doneIn === undefined ? 'waiting' : 'succeeded';
}

/**
 * What happens next when the steps stand like this. Steps that have nothing more to wait for are taken in the
 * order of the plan; one that has to wait for a resource is not overtaken by a later one that wants it too.
 * @param holds tells whether a step's condition holds; asked once all that the step needs has ended
 */
export function nextSteps(
  { steps, maxParallel }: Schedule,
  states: StepStates,
  holds: (step: ScheduledStep) => boolean,
): Next {
  if (isHalted(steps, states)) return { skip: [], begin: [] };
  const ready = steps.filter(
    ({ name, needs }) => states[name] === 'waiting' && needs.every((need) => hasEnded(states[need])),
  );
  const skip = ready.filter((step) => step.when !== null && !holds(step));
  // What needs them may come before what is ready now.
  if (skip.length > 0) return { skip: skip.map(({ name }) => name), begin: [] };
  const running = steps.filter(({ name }) => states[name] === 'running');
  const begin: ScheduledStep[] = [];
  const ahead = [...running];
  for (const step of ready) {
    if (running.length + begin.length >= maxParallel) break;
    if (!ahead.some((other) => collide(other, step))) begin.push(step);
    ahead.push(step);
  }
  return { skip: [], begin: begin.map(({ name }) => name) };
}

/** Has a step failed whose failure lets nothing more begin? */
export function isHalted(
  steps: readonly Pick<PlanNode, 'name' | 'onFailure'>[],
  states: StepStates,
): boolean {
  return steps.some(({ name, onFailure }) => onFailure !== 'continue' && hasFailed(states[name]));
}

/** It did not do what it was to do. */
export function hasFailed(state: StepState | undefined): boolean {
  return state === 'failed' || state === 'rolled_back' || state === 'cancelled';
}

function hasEnded(state: StepState | undefined): boolean {
  return state !== 'waiting' && state !== 'running';
}

/** Do they want the same for themselves? */
export function collide(a: ScheduledStep, b: ScheduledStep): boolean {
  return a.touches.some((one) => b.touches.some((other) => areInTheWay(one, other)));
}

/** Within a run, parts that name the services they work on share the services' project and stack. */
function areInTheWay(one: Touches, other: Touches): boolean {
  const finely = [one, other].every((keys) => keys.some((key) => key.startsWith(SERVICE)));
  const [a, b] = finely ? [withoutShared(one), withoutShared(other)] : [one, other];
  return a.some((key) => b.some((its) => overlaps(key, its)));
}

const SERVICE = 'service:';

function withoutShared(keys: Touches): Touches {
  return keys.filter((key) => !key.startsWith('stack:') && !key.startsWith('compose:'));
}
