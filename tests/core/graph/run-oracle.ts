import { isFinal, type Run } from '../../../src/core/model/run.js';
import type { RandomGraph, RandomStep } from './random-graphs.js';
import type { Deed } from './random-world.js';

/** What was done to a run from outside. */
export interface Disturbance {
  readonly stopped: boolean;
  readonly died: boolean;
  readonly changed: boolean;
}

const FAILED: readonly (string | undefined)[] = ['failed', 'rolled_back', 'cancelled'];

/** What is wrong with a run that has ended, judged by what its steps did and the words of the contract alone. */
export function faultsOf(graph: RandomGraph, run: Run, all: readonly Deed[], outside: Disturbance): string[] {
  const deeds = all.filter((deed) => deed.run === run.id);
  const states = run.progress?.steps ?? {};
  const at = (step: string, ...did: Deed['did'][]) =>
    deeds.findIndex((deed) => deed.step === step && did.includes(deed.did));
  const endOf = (step: string) => at(step, 'succeed', 'fail', 'cancel');
  const nodes = new Map((run.plan.graph?.nodes ?? []).map((node) => [node.name, node]));
  const isDoneBefore = (name: string) => nodes.get(name)?.doneIn !== undefined;
  const byName = new Map(graph.steps.map((step) => [step.name, step]));
  /** By an earlier run it can't hold any more: then the step is skipped before anything that it needs. */
  const isDecidedBefore = ({ onlyIf }: RandomStep): boolean => {
    const other = onlyIf && byName.get(onlyIf.step);
    if (!other) return false;
    return isDoneBefore(other.name) || (states[other.name] === 'skipped' && isDecidedBefore(other));
  };
  const isFatal = ({ name, onFailure }: RandomStep) => onFailure !== 'continue' && at(name, 'fail') >= 0;
  const fatal = graph.steps.filter(isFatal);
  const halt = Math.min(...fatal.map(({ name }) => endOf(name)), Infinity);
  const faults: string[] = [];
  const fault = (step: RandomStep, what: string) =>
    faults.push(`${step.name} (${states[step.name]}) ${what}`);

  for (const step of graph.steps) {
    const begun = at(step.name, 'begin');
    const state = states[step.name];
    const needsEnded = step.needs.map((need) =>
      isDoneBefore(need) || states[need] === 'skipped' ? -1 : endOf(need) < 0 ? Infinity : endOf(need),
    );
    const begins = deeds.filter((deed) => deed.step === step.name && deed.did === 'begin').length;
    if (begins > 1) fault(step, `began ${begins} times`);
    if (isDoneBefore(step.name)) {
      if (begun >= 0) fault(step, 'was repeated');
      continue;
    }
    if (begun >= 0 && needsEnded.some((end) => end > begun))
      fault(step, 'began before what it needs had ended');
    if (begun >= 0 && begun > halt && needsEnded.some((end) => end > halt))
      fault(step, 'began after a failure');
    const { onlyIf } = step;
    const word = onlyIf && (FAILED.includes(states[onlyIf.step]) ? 'failed' : states[onlyIf.step]);
    const holds = onlyIf === null || word === onlyIf.ended;
    if (begun >= 0 && !holds && word !== 'undone') fault(step, 'began though its condition does not hold');
    const expected: Record<string, boolean> = {
      succeeded: at(step.name, 'succeed') >= 0 && at(step.name, 'undo') < 0,
      undone: at(step.name, 'succeed') >= 0 && at(step.name, 'undo') >= 0,
      failed: at(step.name, 'fail') >= 0,
      rolled_back: at(step.name, 'fail') >= 0,
      cancelled: outside.died || (outside.stopped && at(step.name, 'cancel') >= 0),
      skipped: begun < 0 && !holds && (isDecidedBefore(step) || needsEnded.every((end) => end < Infinity)),
      waiting:
        begun < 0 && (halt < Infinity || outside.stopped || outside.died || run.state === 'plan_changed'),
    };
    if (!expected[state ?? '']) fault(step, 'does not stand as it should');
  }

  const running = new Set<string>();
  const placeOf = (name: string) => graph.steps.find((step) => step.name === name)?.place;
  for (const { step, did } of deeds) {
    if (did !== 'begin') {
      running.delete(step);
      continue;
    }
    if ([...running].some((other) => placeOf(other) === placeOf(step))) faults.push(`${step} is not alone`);
    running.add(step);
    if (running.size > graph.maxParallel) faults.push(`${running.size} at once`);
  }

  for (const step of graph.steps) {
    for (const need of step.needs) {
      const [own, others] = [at(step.name, 'undo'), at(need, 'undo')];
      if (own >= 0 && others >= 0 && own > others) faults.push(`${need} was undone before ${step.name}`);
    }
  }
  if (!allowedStates(graph, run, outside, fatal).includes(run.state)) {
    faults.push(`the run is ${run.state}: ${JSON.stringify(run.outcome)}`);
  }
  if (run.state === 'rolled_back') {
    const left = Object.entries(states).filter(
      ([name, state]) => state === 'succeeded' && !isDoneBefore(name),
    );
    if (left.length > 0) faults.push(`${left.map(([name]) => name).join()} was not undone`);
  }
  return faults;
}

function allowedStates(
  { steps }: RandomGraph,
  run: Run,
  outside: Disturbance,
  fatal: readonly RandomStep[],
): readonly string[] {
  const states = run.progress?.steps ?? {};
  if (!isFinal(run.state)) return [];
  if (outside.died) return ['interrupted'];
  const isWhole = steps.every(({ name }) => states[name] !== 'waiting' && states[name] !== 'cancelled');
  if (outside.stopped && !isWhole) return ['cancelled'];
  if (fatal.some(({ onFailure }) => onFailure === 'rollback')) {
    // A stop may come while what was done is being put back.
    return outside.stopped ? ['rolled_back', 'cancelled', 'failed'] : ['rolled_back'];
  }
  if (fatal.length > 0) return ['failed'];
  if (outside.changed && !isWhole) return ['plan_changed'];
  return [steps.some(({ name }) => FAILED.includes(states[name])) ? 'failed' : 'succeeded'];
}
