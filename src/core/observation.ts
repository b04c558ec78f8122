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
  /** `starting`: up, and its first health check is not done. `absent`: nothing of this name is there. */
  readonly state: 'running' | 'starting' | 'restarting' | 'paused' | 'stopped' | 'absent';
  /** Null: it has no health check, or no answer from it yet. */
  readonly healthy: boolean | null;
  /** What it is and what is odd about it, without a full stop: its image, its exit code. May be empty. */
  readonly detail: Phrase;
  /** Since when it is up, whatever its health, or since when it is not; ISO 8601 in UTC. */
  readonly since?: string;
}

/** What an executor saw, and why it saw less than there may be. */
export interface Observed {
  readonly things: readonly Observation[];
  readonly notices: readonly Notice[];
}
