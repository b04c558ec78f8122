import type { IntentProblem } from '../model/intent.js';
import type { Rules } from '../model/policy.js';

/** The rules as they are now. */
export interface PolicySource {
  rules(): Rules;
  /** Everything wrong with the files as they are on disk now. Rules that were good before stay in force. */
  problems(): readonly IntentProblem[];
}
