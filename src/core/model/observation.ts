import type { Phrase } from './phrase.js';
import type { Notice } from './reasons.js';

/** One thing that runs or could run, as it is now: a container, a virtual machine. */
export interface Observation {
  /** The same thing seen through several intents has the same key: `container:<id>`, `vm:<id>`. */
  readonly key: string;
  /** What it is, however often it is made anew: `service:<project>/<service>`, `container-name:<name>`. */
  readonly of?: string;
  /** As people know it. Hostile text. */
  readonly name: string;
  readonly state: ObservedState;
  /** How it ended last; only where it ended. */
  readonly exitCode?: number;
  /** How often its restart policy has started it again; only where that happened. */
  readonly restarts?: number;
  /** What is wrong with it besides its state. */
  readonly trouble?: Trouble;
  /** Null: it has no health check, or no answer from it yet. */
  readonly healthy: boolean | null;
  /** What it is and what is odd about it, without a full stop: its image, its exit code. May be empty. */
  readonly detail: Phrase;
  /** Since when it is up, whatever its health, or since when it is not; ISO 8601 in UTC. */
  readonly since?: string;
}

export type ObservedState =
  | 'running'
  /** Up, and its first health check is not done. */
  | 'starting'
  /** It ends again and again, and its restart policy starts it; it may be up for a moment. */
  | 'restarting'
  | 'paused'
  /** Somebody stopped it, or it ended well and nobody waits for that. */
  | 'stopped'
  /** It ended by itself with an error, and nothing starts it again. */
  | 'crashed'
  /** The engine could not start it. */
  | 'start_failed'
  /** It did what it had to do, and ended. */
  | 'finished'
  /** Made, and never started. */
  | 'created'
  /** Nothing was made of it yet. */
  | 'no_container'
  /** Nothing of this name is there. */
  | 'absent';

/** `orphaned`: its Compose file doesn't have it any more. `cut_off`: the container whose network it uses is gone. */
export type Trouble = 'orphaned' | 'cut_off';

/** What an executor saw, and why it saw less than there may be. */
export interface Observed {
  readonly things: readonly Observation[];
  readonly notices: readonly Notice[];
}
