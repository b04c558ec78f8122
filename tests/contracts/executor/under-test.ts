import type { Artifact } from '../../../src/core/model/artifact.js';
import type { Run } from '../../../src/core/model/run.js';

/** What the suite needs of an executor: call `proveExecutor` with it. */
export interface ExecutorUnderTest {
  /** As people call it: `files`. */
  readonly name: string;
  /** Makes a world below an empty folder. The folders `data` and `intents` in it are the suite's. */
  create(dir: string): Promise<World>;
}

/** A part of the real world, and one intent that works on it. */
export interface World {
  /** The intent's YAML. */
  readonly intent: string;
  /** Settings of the process that runs it, such as `PVE_API_URL`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Days before now of clean runs that go before, so that there is something old; the world may change after. */
  readonly history?: readonly number[];
  /** Folders below `dir` that are put back as they were before each round. */
  readonly kept: readonly string[];
  /** After the history, before the first round. */
  change?(): Promise<void>;
  /** Makes what isn't a folder as it was, before each round. */
  reset(): Promise<void>;
  /**
   * Looks at the world by itself, without anything of the product, and says what is wrong. `end` is what the product
   * says; null while it can't say anything yet: then only what is half-done or isn't running again is wrong.
   */
  look(end: End | null): Promise<readonly string[]>;
  /** Removes everything that isn't below `dir`. */
  clean(): Promise<void>;
}

/** What the product says of a round's end. */
export interface End {
  /** Null: nothing was recorded. */
  readonly run: Run | null;
  readonly succeeded: boolean;
  /** The outcome's sentences and warnings as people read them; empty while there is none. */
  readonly said: string;
  /** The intent's, those that the catalogue says are still there. */
  readonly artifacts: readonly Artifact[];
}
