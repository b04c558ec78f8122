import type { Executor } from '../../core/executor.js';
import type { MirrorData } from './data.js';
import { placeOf } from './place.js';

/** Copies a folder's contents to another place with rsync, in place; deletions exactly as shown. */
export const dockerVolumes: Executor<'docker_volumes', MirrorData> = {
  kind: 'docker_volumes',
  data: {
    version: 1,
    schema: async () => (await import('./data.js')).MIRROR_SCHEMA,
  },
  places: ({ source, destination }) => [`path:${source}`, placeOf(destination)],
  plan: async (fields, ctx) => (await import('./plan.js')).planMirror(fields, ctx),
  run: async (part, ctx) => (await import('./run.js')).runMirror(part, ctx),
  recover: async (part, journal, ctx) => (await import('./recover.js')).recoverMirror(part, journal, ctx),
};
