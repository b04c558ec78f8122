import type { Executor } from '../../core/ports/executor.js';
import { planHeld } from '../quiesce/held-plan.js';
import { withLeft } from '../quiesce/left.js';
import { putBackHeld } from '../quiesce/recover.js';
import { TIMES } from '../quiesce/times.js';
import type { FilesData } from './data.js';
import { ofVersion1 } from './earlier.js';

/** Packs a folder, or one file, into an archive: `tar.gz`, `tar.zst` or `tar`. */
export const files: Executor<'files', FilesData> = {
  kind: 'files',
  data: {
    version: 2,
    schema: async () => (await import('./data.js')).FILES_SCHEMA,
    earlier: ofVersion1,
  },
  places: ({ source, destination }) => [`path:${source}`, `path:${destination}`],
  plan: async (fields, ctx) => {
    const { planFiles } = await import('./plan.js');
    return planHeld(fields, TIMES, ctx, 1, () => planFiles(fields, ctx));
  },
  run: async (part, ctx) =>
    withLeft(await (await import('./run.js')).runFiles(part, ctx), part.data.quiesce, ctx),
  recover: async (part, journal, ctx) => {
    const containers = await putBackHeld(journal, TIMES, ctx);
    const report = await (await import('./recover.js')).recoverFiles(part, journal, ctx);
    return withLeft({ ...report, summary: [...containers, ...report.summary] }, part.data.quiesce, ctx);
  },
};
