import type { RunSummary } from '../core/model/run.js';
import { EXIT } from './errors.js';

/** How a command ends that followed this run: 0 done, 1 failed or stopped in the middle, 3 never begun. */
export function exitCodeOf(run: Pick<RunSummary, 'state' | 'startedAt'>): number {
  switch (run.state) {
    case 'planned':
    case 'succeeded':
      return EXIT.done;
    case 'refused':
    case 'expired':
    case 'plan_changed':
      return EXIT.refused;
    case 'cancelled':
      return run.startedAt === null ? EXIT.refused : EXIT.failed;
    default:
      return EXIT.failed;
  }
}
