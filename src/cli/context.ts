import type { App, CliDeps } from './deps.js';
import type { Output } from './output.js';

/** What every command that works on runs gets. */
export interface Context {
  readonly app: App;
  readonly deps: CliDeps;
  readonly out: Output;
  /** A run is left at work: nothing is closed, because closing waits for it. */
  leave(): void;
}
