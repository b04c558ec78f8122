import type { Notice } from '../model/reasons.js';
import type { ActorRef, Source } from '../model/request.js';

/** Something wrong with the installation itself, until it is cleared. */
export interface Fault {
  /** What is in trouble, as a slug that reads like a name: `data-directory`, `intents-folder`. */
  readonly key: string;
  /** What is wrong and the way out; redacted. */
  readonly notice: Notice;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** Nothing new runs while it lasts. */
  readonly blocksRuns: boolean;
}

/** Tells people of a fault without the store. Rejects when they could not be told. */
export type DirectAlert = (fault: Fault) => Promise<void>;

/** What is wrong with the installation itself. None of this throws or waits, and it works without the store. */
export interface Faults {
  /** Logs and alerts once; while it is open, only the notice is replaced. */
  open(key: string, notice: Notice, options?: FaultOptions): void;
  /** The fault is over, or was found not to be there: an alert that is open since before a restart ends too. */
  clear(key: string): void;
  /** Those that are open, oldest first. */
  list(): readonly Fault[];
  /** The first one because of which nothing new runs; null: there is none. */
  blocking(): Fault | null;
  /** Somebody takes note of a fault, on its card or by a command. False: nothing comes of that. */
  accept(key: string, by: Acceptance): Promise<boolean>;
  /** A way to people for alerts that the store can't take; each fault goes each way once. */
  tellBy(direct: DirectAlert): void;
  /** Waits for nothing; what is not stored by now is given up. */
  end(): void;
}

/** Who takes note of a fault, and where. */
export interface Acceptance {
  readonly actor: ActorRef;
  readonly source: Source;
}

export interface FaultOptions {
  readonly blocksRuns?: boolean;
  /** What ends it when somebody takes note of it; it is cleared then. */
  readonly onAccepted?: (by: Acceptance) => Promise<void>;
}
