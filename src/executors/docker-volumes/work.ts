import type { RunContext } from '../../core/executor.js';
import type { Notice } from '../../core/reasons.js';
import type { Failure } from '../shared/failure.js';
import type { MirrorData } from './data.js';
import type { Tally } from './tally.js';

/** How a step ended: with warnings, or with what the run ends with. */
export type StepEnd =
  | { readonly ok: true; readonly value: readonly Notice[] }
  | { readonly ok: false; readonly failure: Failure };

/** One step of a mirror's run; the tally takes what it did, also when it fails. */
export type Step = (data: MirrorData, ctx: RunContext, tally: Tally) => Promise<StepEnd>;
