import type { StepState } from '../model/graph.js';
import { firstStates, nextSteps, type Schedule, type ScheduledStep } from './step-order.js';

/**
 * How long a graph takes from its beginning to its end, in ms, when every step succeeds and every condition
 * holds that is not decided yet.
 * @param takes how long each step takes, in ms
 */
export function makespan(schedule: Schedule, takes: (step: ScheduledStep) => number): number {
  const states: Record<string, StepState> = { ...firstStates({ nodes: schedule.steps }) };
  const ends = new Map<string, number>();
  let now = 0;
  for (;;) {
    const begin = new Set(nextSteps(schedule, states, () => true).begin);
    for (const step of schedule.steps.filter(({ name }) => begin.has(name))) {
      states[step.name] = 'running';
      ends.set(step.name, now + takes(step));
    }
    if (ends.size === 0) return now;
    now = Math.min(...ends.values());
    for (const [name, end] of ends) {
      if (end > now) continue;
      states[name] = 'succeeded';
      ends.delete(name);
    }
  }
}
