import type { Run } from '../../../core/model/run.js';
import type { Pace } from '../../../core/planning/pace.js';
import type { GraphPace } from '../../../core/views/graph-pace.js';

/** What is known of a run that is under way, beside the stored run. */
export interface LiveView {
  readonly run: Run;
  /** Runs that hold what this one needs. */
  readonly waitsFor: readonly Run[];
  /** Null before the first step. */
  readonly pace: Pace | null;
  /** Of a run whose plan has a graph; null before the first report. */
  readonly graph: GraphPace | null;
  readonly now: Date;
}
