import type { Intent } from './intent.js';
import type { Params } from './request.js';

/** An intent whose fields have what was given, in a copy. */
export interface BoundIntent {
  readonly intent: Intent;
  /** What was given and what has its default, as their types have it. */
  readonly params: Params;
}
