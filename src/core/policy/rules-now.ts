import type { IntentProblem } from '../intent/intent.js';
import type { Rules } from './policy.js';

/** The rules as they are now. */
export interface PolicySource {
  rules(): Rules;
  /** Everything wrong with the files as they are on disk now. Rules that were good before stay in force. */
  problems(): readonly IntentProblem[];
}
