import type { Executor } from '../../core/executor.js';
import type { FilesData } from './data.js';
import { planFiles } from './plan.js';
import { recoverFiles } from './recover.js';
import { runFiles } from './run.js';

/** Packs a folder, or one file, into an archive: `tar.gz`, `tar.zst` or `tar`. */
export const files: Executor<'files', FilesData> = {
  kind: 'files',
  plan: planFiles,
  run: runFiles,
  recover: recoverFiles,
};
