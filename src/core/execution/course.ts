import { causeOf } from '../faults/cause.js';
import type { PlanGraph, StepState, StepStates } from '../model/graph.js';
import type { PlanPart } from '../model/plan.js';
import type { Run } from '../model/run.js';
import { compareStep } from '../planning/compare-step.js';
import {
  collide,
  hasFailed,
  isHalted,
  type Next,
  nextSteps,
  type Schedule,
  type ScheduledStep,
  scheduleOf,
} from '../planning/step-order.js';
import type { PartResult } from '../ports/executor.js';
import { NO_PART, STEP_SKIPPED } from '../records/journal.js';
import type { PartDeps, PartScope } from './part-context.js';
import { runPart } from './part-run.js';
import { StepBoard } from './step-board.js';

/** What the run of a graph asks about its steps before they begin. */
export interface GraphLook {
  /** A step's parts as they would be planned now. Rejects when an executor has a bug. */
  readonly planAgain: (step: string) => Promise<readonly PlanPart[]>;
  /** Does the step's condition hold when the steps stand like this? */
  readonly holds: (step: ScheduledStep, states: StepStates) => boolean;
}

export type GraphScope = PartScope & GraphLook;

/** A part that has ended, of the step of this name. */
export interface EndedPart {
  readonly step: string;
  readonly index: number;
  /** As it was run; null when the step failed before it began one. */
  readonly part: PlanPart | null;
  readonly result: PartResult;
}

/** One graph on its way: what has ended, what runs, and what may begin next. */
export class Course {
  readonly ended: EndedPart[] = [];
  readonly board: StepBoard;
  changed: string | null = null;
  readonly #schedule: Schedule;
  readonly #running = new Set<Promise<void>>();
  /** A step has failed whose failure lets nothing more begin; its end is still being written down. */
  #failing = false;
  /** Steps of which something was run. */
  readonly #worked = new Set<ScheduledStep>();

  constructor(
    private readonly deps: PartDeps,
    private readonly run: Run,
    graph: PlanGraph,
    private readonly scope: GraphScope,
  ) {
    this.board = new StepBoard(graph, scope.progress);
    this.#schedule = scheduleOf(graph, run.plan.parts);
  }

  async follow(): Promise<void> {
    try {
      await this.#followToEnd();
    } finally {
      // After a defect too, nothing is left to run beside what comes next.
      await Promise.all(this.#running);
    }
  }

  async #followToEnd(): Promise<void> {
    const { steps } = this.#schedule;
    const byName = new Map(steps.map((step) => [step.name, step]));
    const stepsOf = (names: readonly string[]) => names.flatMap((name) => byName.get(name) ?? []);
    for (;;) {
      const next = this.#next();
      for (const step of stepsOf(next.skip)) await this.#skip(step);
      for (const step of stepsOf(next.begin)) this.#begin(step);
      if (next.skip.length > 0) continue;
      if (this.#running.size === 0) return;
      await Promise.race(this.#running);
    }
  }

  /** A step with `on_failure: rollback` failed, and nobody stopped the run. */
  get wantsPutBack(): boolean {
    const { steps } = this.#schedule;
    const asked = steps.filter(({ onFailure }) => onFailure === 'rollback');
    return !this.scope.signal.aborted && asked.some(({ name }) => hasFailed(this.board.states[name]));
  }

  #next(): Next {
    if (this.#isHalted()) return { skip: [], begin: [] };
    return nextSteps(this.#schedule, this.board.states, (step) => this.scope.holds(step, this.board.states));
  }

  #isHalted(): boolean {
    return this.#failing || this.scope.signal.aborted || this.changed !== null;
  }

  /** Kept before it counts: a run that resumes this one must know it. */
  async #skip(step: ScheduledStep): Promise<void> {
    const state = await this.scope.writes.append(NO_PART, STEP_SKIPPED, step.name).then(
      () => 'skipped' as const,
      (error: unknown) => this.#failed(step, error),
    );
    this.board.set(step.name, state);
  }

  #begin(step: ScheduledStep): void {
    this.board.set(step.name, 'running');
    const work = this.#runStep(step)
      .catch((error: unknown) => this.#failed(step, error))
      .then((state) => {
        this.board.set(step.name, state);
        this.#running.delete(work);
      });
    this.#running.add(work);
  }

  /** What went wrong before a part of the step could begin. */
  #failed({ name }: ScheduledStep, error: unknown): StepState {
    this.deps.log.error({ err: error, runId: this.run.id, step: name }, 'a step could not be begun');
    const { code, message, remedy } = causeOf(error);
    const result: PartResult = {
      state: 'failed',
      reason: code,
      summary: [message],
      next: remedy,
      warnings: [],
    };
    this.ended.push({ step: name, index: NO_PART, part: null, result });
    return 'failed';
  }

  async #runStep(step: ScheduledStep): Promise<StepState> {
    const parts = await this.#partsNow(step);
    if (parts === null) return 'waiting';
    this.#worked.add(step);
    for (const [at, part] of parts.entries()) {
      if (at > 0 && this.scope.signal.aborted) return 'cancelled';
      const index = step.parts[at] ?? NO_PART;
      const state = await this.#runPart(step, index, part);
      if (state !== 'succeeded') return state;
    }
    return 'succeeded';
  }

  async #runPart(step: ScheduledStep, index: number, part: PlanPart): Promise<StepState> {
    this.board.begin(index);
    try {
      const scope: PartScope = {
        ...this.scope,
        progress: this.board.progress,
        onResult: ({ state }) => {
          if (state !== 'succeeded' && step.onFailure !== 'continue') this.#failing = true;
        },
      };
      const result = await runPart(this.deps, { run: this.run, index, part }, scope);
      this.ended.push({ step: step.name, index, part, result });
      return result.state;
    } finally {
      this.board.end(index);
    }
  }

  /** What the step runs, looked at again once others have worked; null: it must not begin. */
  async #partsNow(step: ScheduledStep): Promise<readonly PlanPart[] | null> {
    const shown = step.parts.flatMap((index) => this.run.plan.parts[index] ?? []);
    if (this.#worked.size === 0) return shown;
    const now = await this.#planAgain(step);
    if (now === null) return null;
    const isOwnDoing = [...this.#worked].some((other) => collide(other, step));
    const found = compareStep(shown, now, isOwnDoing);
    if (found.is === 'same') return shown;
    if (found.is === 'moved') return found.parts;
    this.changed = step.name;
    return null;
  }

  /** Null when something failed or was stopped while it was planned. */
  async #planAgain({ name }: ScheduledStep): Promise<readonly PlanPart[] | null> {
    const isOver = () => this.#isHalted() || isHalted(this.#schedule.steps, this.board.states);
    try {
      const now = await this.scope.planAgain(name);
      return isOver() ? null : now;
    } catch (error) {
      if (isOver()) return null;
      throw error;
    }
  }
}
