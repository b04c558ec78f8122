import type { Executor } from '../../core/executor.js';
import type { MirrorData } from './data.js';
import { planMirror } from './plan.js';
import { recoverMirror } from './recover.js';
import { runMirror } from './run.js';

/** Copies a folder's contents to another place with rsync, in place; deletions exactly as shown. */
export const dockerVolumes: Executor<'docker_volumes', MirrorData> = {
  kind: 'docker_volumes',
  plan: planMirror,
  run: runMirror,
  recover: recoverMirror,
};
