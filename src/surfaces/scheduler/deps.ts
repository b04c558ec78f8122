import type { Pipeline } from '../../core/pipeline.js';
import type { CoreDeps } from '../../core/ports/deps.js';
import type { ScheduleSource } from '../../core/schedule/source.js';

/** What the scheduler stands on. */
export interface SchedulerDeps extends Pick<CoreDeps, 'store' | 'catalogue' | 'policy' | 'log' | 'now'> {
  readonly pipeline: Pick<Pipeline, 'admit' | 'prepare' | 'decide' | 'events'>;
  readonly schedules: ScheduleSource;
  /** The owner id of this process. */
  readonly owner: string;
}
