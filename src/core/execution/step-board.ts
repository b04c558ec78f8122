import type { PlanGraph, StepState, StepStates } from '../model/graph.js';
import type { ProgressSnapshot } from '../model/run.js';
import { firstStates } from '../planning/step-order.js';

/** With a thousand steps a copy of all states is no small thing: one at most in so many ms. */
const SHOW_EVERY = 250;

type Report = (snapshot: ProgressSnapshot) => void;

/**
 * How the steps of a running graph stand, and which of the parts under way people see the progress of: the one
 * that has run for the longest, so that what they read does not jump to and fro.
 */
export class StepBoard {
  readonly #states: Record<string, StepState>;
  /** The latest report of each part under way, in the order of their beginning. */
  readonly #underWay = new Map<number, ProgressSnapshot>();
  #at: ProgressSnapshot = { part: 0, step: 0 };
  #shown: StepStates;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    graph: PlanGraph,
    private readonly report: Report,
  ) {
    this.#states = { ...firstStates(graph) };
    this.#shown = { ...this.#states };
  }

  /** As they are now; changes with them. */
  get states(): StepStates {
    return this.#states;
  }

  set(step: string, state: StepState): void {
    this.#states[step] = state;
    this.#timer ??= setTimeout(() => this.#show(), SHOW_EVERY);
  }

  begin(part: number): void {
    this.#underWay.set(part, { part, step: 0 });
  }

  readonly progress = (snapshot: ProgressSnapshot): void => {
    if (!this.#underWay.has(snapshot.part)) return;
    this.#underWay.set(snapshot.part, snapshot);
    const [oldest] = this.#underWay.keys();
    if (oldest === snapshot.part) this.tell(snapshot);
  };

  end(part: number): void {
    this.#underWay.delete(part);
  }

  /** Reports what is done now, with how the steps stand: also of a part that has ended and is put back. */
  readonly tell = (snapshot: ProgressSnapshot): void => {
    this.#at = snapshot;
    this.report({ ...snapshot, steps: this.#shown });
  };

  /** The last word: how every step stands now, and where the run is. */
  close(): ProgressSnapshot {
    if (this.#timer) clearTimeout(this.#timer);
    const { part, step } = this.#at;
    const last = { part, step, steps: { ...this.#states } };
    this.report(last);
    return last;
  }

  #show(): void {
    this.#timer = null;
    this.#shown = { ...this.#states };
    const [oldest] = this.#underWay.values();
    this.tell(oldest ?? this.#at);
  }
}
