import type { Executor } from '../../core/ports/executor.js';
import { planHeld } from '../quiesce/held-plan.js';
import { withLeft } from '../quiesce/left.js';
import { putBackHeld } from '../quiesce/recover.js';
import { TIMES } from '../quiesce/times.js';
import type { SnapshotData } from './data.js';

/** Keeps a folder as dated snapshots, with hard links to what the one before has. */
export const snapshots: Executor<'files', SnapshotData> = {
  kind: 'files',
  plan: async (fields, ctx) => {
    const { planSnapshot } = await import('./plan.js');
    const { WITHIN_HOLD } = await import('./steps.js');
    return planHeld(fields, TIMES, ctx, WITHIN_HOLD, () => planSnapshot(fields, ctx));
  },
  run: async (part, ctx) =>
    withLeft(await (await import('./run.js')).runSnapshot(part, ctx), part.data.quiesce, ctx),
  recover: async (part, journal, ctx) => {
    const containers = await putBackHeld(journal, TIMES, ctx);
    const report = await (await import('./recover.js')).recoverSnapshot(part, journal, ctx);
    return withLeft({ ...report, summary: [...containers, ...report.summary] }, part.data.quiesce, ctx);
  },
};
