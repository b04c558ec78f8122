import type { Executor } from '../../core/executor.js';
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
  plan: async (fields, ctx) => (await import('./plan.js')).planFiles(fields, ctx),
  run: async (part, ctx) => (await import('./run.js')).runFiles(part, ctx),
  recover: async (part, journal, ctx) => (await import('./recover.js')).recoverFiles(part, journal, ctx),
};
