import type { Executor } from '../../core/executor.js';
import type { Json } from '../../core/plan.js';
import type { MirrorData } from './data.js';
import { placeOf } from './place.js';

/** Data of before what rsync replaces was listed: enough to tidy up after a run. */
function withoutLists(data: Json): Json {
  const { passages: _passages, sourceMount: _mount, ...rest } = data as { readonly [key: string]: Json };
  const none = { replaced: [], look: [], folderTimes: [], removeByRules: [], created: 0, newer: 0 };
  return { ...rest, ...none, mounts: null };
}

/** Copies a folder's contents to another place with rsync, in place; deletions exactly as shown. */
export const dockerVolumes: Executor<'docker_volumes', MirrorData> = {
  kind: 'docker_volumes',
  plansOnce: true,
  data: {
    version: 2,
    earlier: withoutLists,
    schema: async () => (await import('./data.js')).MIRROR_SCHEMA,
  },
  places: ({ source, destination }) => [`path:${source}`, placeOf(destination)],
  plan: async (fields, ctx) => (await import('./plan.js')).planMirror(fields, ctx),
  run: async (part, ctx) => (await import('./run.js')).runMirror(part, ctx),
  recover: async (part, journal, ctx) => (await import('./recover.js')).recoverMirror(part, journal, ctx),
};
