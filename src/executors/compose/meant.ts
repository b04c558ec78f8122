import type { StackInputs } from './inputs.js';
import type { OriginPaths } from './origin.js';

/** A stack as its intent means it. */
export interface Meant {
  readonly inputs: StackInputs;
  readonly project: string;
  readonly services: ReadonlyMap<string, unknown>;
  /** Does the intent itself name the project? */
  readonly isNamed: boolean;
}

/** Services whose containers were made from the same files, in the same folder, with the same variables. */
export interface MadeAlike extends OriginPaths {
  readonly services: readonly string[];
}
