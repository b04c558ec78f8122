import type { Waiting } from '../model/pending.js';
import type { Notice } from '../model/reasons.js';
import type { RunRequest } from '../model/request.js';
import type { ProgressSnapshot, Run } from '../model/run.js';

/** What happens to runs, for surfaces to show. `run` is the stored run after the change. */
export type RunEvent =
  /** Its plan takes long; told again and again until it is made. */
  | { readonly type: 'planning'; readonly run: Run; readonly waitsFor: Waiting | null }
  /** The plan is recorded: `awaiting`, `planned` (a dry run) or `refused` (blocked). */
  | { readonly type: 'planned'; readonly run: Run }
  /** The run still waits, and who has to agree changed, or who has agreed. */
  | { readonly type: 'consent'; readonly run: Run }
  /** Confirmed; `waitsFor` names the runs that hold what it touches, when there are any. */
  | { readonly type: 'queued'; readonly run: Run; readonly waitsFor: readonly string[] }
  | { readonly type: 'running'; readonly run: Run }
  | {
      readonly type: 'step';
      readonly runId: string;
      readonly part: number;
      readonly step: number;
      readonly state: 'running' | 'done' | 'failed';
    }
  | { readonly type: 'progress'; readonly runId: string; readonly progress: ProgressSnapshot }
  | {
      readonly type: 'output';
      readonly runId: string;
      readonly stream: 'stdout' | 'stderr';
      readonly line: string;
    }
  /** The run reached a final state. */
  | { readonly type: 'finished'; readonly run: Run }
  /** A request or a press was refused before it became anything. */
  | { readonly type: 'denied'; readonly request: RunRequest; readonly notice: Notice };

export type Listener = (event: RunEvent) => void;

/** Delivers events in order; a listener that throws harms neither the run nor the others. */
export class EventBus {
  readonly #listeners = new Set<Listener>();

  constructor(private readonly onListenerError: (error: unknown) => void) {}

  /** Returns the function that ends the subscription. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: RunEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.onListenerError(error);
      }
    }
  }
}
