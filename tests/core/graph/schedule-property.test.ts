import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { StepState } from '../../../src/core/model/graph.js';
import { makespan } from '../../../src/core/planning/makespan.js';
import { firstStates, nextSteps, type Schedule } from '../../../src/core/planning/step-order.js';
import { type RandomGraph, type RandomStep, randomGraphs } from './random-graphs.js';

const CASES = Number(process.env.CHATOPS_PROPERTY_RUNS ?? 2000);

interface Times {
  readonly begin: number;
  readonly end: number;
}

/** What a simulated run gave, in virtual time. */
interface Trace {
  readonly times: ReadonlyMap<string, Times>;
  readonly states: Readonly<Record<string, StepState>>;
  readonly end: number;
}

function scheduleOf({ steps, maxParallel }: RandomGraph): Schedule {
  const none = { parts: [], when: null };
  return {
    maxParallel,
    steps: steps.map((step) => ({
      ...none,
      ...step,
      when: step.onlyIf && JSON.stringify(step.onlyIf),
      touches: [[`path:/${step.place}`]],
    })),
  };
}

/** Lets every step take its time, as the run of a graph would. */
function simulate(
  graph: RandomGraph,
  takes: (name: string) => number,
  ends: (name: string) => StepState,
): Trace {
  const schedule = scheduleOf(graph);
  const states: Record<string, StepState> = { ...firstStates({ nodes: schedule.steps }) };
  const times = new Map<string, Times>();
  const holds = ({ when }: { when: string | null }) => {
    const { step, ended } = JSON.parse(when ?? '{}');
    return states[step] === ended;
  };
  for (let now = 0; ; ) {
    const { skip, begin } = nextSteps(schedule, states, holds);
    for (const name of skip) states[name] = 'skipped';
    for (const name of begin) {
      states[name] = 'running';
      times.set(name, { begin: now, end: now + takes(name) });
    }
    if (skip.length > 0) continue;
    const running = [...times].filter(([name]) => states[name] === 'running');
    if (running.length === 0) return { times, states, end: now };
    now = Math.min(...running.map(([, { end }]) => end));
    for (const [name, { end }] of running) if (end === now) states[name] = ends(name);
  }
}

/** When the first failure that lets nothing more begin came. */
function haltOf({ steps }: RandomGraph, { times, states }: Trace): number {
  const fatal = steps.filter(({ name, onFailure }) => onFailure !== 'continue' && states[name] === 'failed');
  return Math.min(...fatal.map(({ name }) => times.get(name)?.end ?? Infinity));
}

/** What is wrong with a trace, told by nothing but what the words of the contract say. */
function faultsOf(graph: RandomGraph, trace: Trace): string[] {
  const { times, states } = trace;
  const halt = haltOf(graph, trace);
  const at = ({ name }: RandomStep) => times.get(name);
  const stepNamed = new Map(graph.steps.map((step) => [step.name, step]));
  const pastOf = new Map<string, number | null>();
  // When a step has ended: by its work, or at once when it is skipped and all that it needs has ended.
  const endOf = (name: string): number | null => {
    if (!pastOf.has(name)) {
      const step = stepNamed.get(name);
      const own = times.get(name)?.end;
      const needs = (step?.needs ?? []).map(endOf);
      const last = needs.includes(null) ? null : Math.max(0, ...needs.map((one) => one ?? 0));
      pastOf.set(name, own ?? (states[name] === 'skipped' ? last : null));
    }
    return pastOf.get(name) ?? null;
  };
  const readyAt = ({ needs }: RandomStep) => Math.max(0, ...needs.map((need) => endOf(need) ?? Infinity));
  const holds = ({ onlyIf }: RandomStep) => onlyIf === null || states[onlyIf.step] === onlyIf.ended;
  const runningAt = (now: number) =>
    graph.steps.filter((step) => (at(step)?.begin ?? Infinity) <= now && (at(step)?.end ?? 0) > now);
  const faults: string[] = [];
  for (const step of graph.steps) {
    const own = at(step);
    const ready = readyAt(step);
    if (own && own.begin < ready) faults.push(`${step.name} began before what it needs had ended`);
    if (own && own.begin >= halt) faults.push(`${step.name} began after a failure`);
    if (own && !holds(step)) faults.push(`${step.name} began though its condition does not hold`);
    if (own) continue;
    if (states[step.name] === 'skipped' && (holds(step) || ready >= halt))
      faults.push(`${step.name} was skipped`);
    if (states[step.name] === 'waiting' && halt === Infinity) faults.push(`${step.name} was forgotten`);
  }
  for (const now of new Set([0, ...[...times.values()].flatMap(({ begin, end }) => [begin, end])])) {
    const running = runningAt(now);
    if (running.length > graph.maxParallel) faults.push(`${running.length} at once at ${now}`);
    const places = running.map(({ place }) => place);
    if (new Set(places).size < places.length) faults.push(`two in one place at ${now}`);
    // Nothing waits without a cause, and in the order of the plan.
    const waiting = graph.steps.filter(
      (step) => holds(step) && now < halt && readyAt(step) <= now && (at(step)?.begin ?? Infinity) > now,
    );
    for (const step of waiting) {
      const before = waiting.slice(0, waiting.indexOf(step));
      const isHeldUp = [...running, ...before].some(({ place }) => place === step.place);
      if (running.length < graph.maxParallel && !isHeldUp) faults.push(`${step.name} idles at ${now}`);
    }
    for (const late of running.filter((step) => at(step)?.begin === now)) {
      const overtaken = waiting.find(
        (step) => step.place === late.place && graph.steps.indexOf(step) < graph.steps.indexOf(late),
      );
      if (overtaken) faults.push(`${late.name} overtook ${overtaken.name}`);
    }
  }
  return faults;
}

test('any graph: order, limit, places, failures and conditions are kept, and nothing waits without a cause', () => {
  const seen = { atOnce: 0, skipped: 0, halted: 0, wentOn: 0 };
  fc.assert(
    fc.property(
      randomGraphs(12),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 12, maxLength: 12 }),
      fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
      (graph, durations, fails) => {
        const index = (name: string) => Number(name.slice(1));
        const takes = (name: string) => durations[index(name)] ?? 1;
        const trace = simulate(graph, takes, (name) =>
          fails[index(name)] && index(name) % 3 === 0 ? 'failed' : 'succeeded',
        );
        expect(faultsOf(graph, trace)).toEqual([]);
        const all = Object.values(trace.states);
        const began = [...trace.times.values()].map(({ begin }) => begin);
        if (new Set(began).size < began.length) seen.atOnce += 1;
        if (all.includes('skipped')) seen.skipped += 1;
        if (haltOf(graph, trace) < Infinity) seen.halted += 1;
        else if (all.includes('failed')) seen.wentOn += 1;
      },
    ),
    { numRuns: CASES },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(CASES / 50);
});

test('how long a graph takes is how long it takes when it is run', () => {
  fc.assert(
    fc.property(
      randomGraphs(12),
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 12 }),
      (graph, durations) => {
        const steps = graph.steps.map((step) => ({ ...step, onlyIf: null }));
        const takes = (name: string) => durations[Number(name.slice(1))] ?? 1;
        const { end } = simulate({ ...graph, steps }, takes, () => 'succeeded');
        expect(makespan(scheduleOf({ ...graph, steps }), ({ name }) => takes(name))).toBe(end);
      },
    ),
    { numRuns: CASES / 2 },
  );
});
