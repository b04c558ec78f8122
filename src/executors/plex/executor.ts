import type { Executor } from '../../core/executor.js';
import { ofVersion1 } from '../files/earlier.js';
import { type QuiesceTimes, TIMES } from '../quiesce/times.js';
import type { PlexData } from './data.js';
import { withLeft } from './left.js';

/** Packs the live databases of a container, Plex's above all, into an archive: stop, copy, start. */
export function createPlex(times: QuiesceTimes): Executor<'plex', PlexData> {
  return {
    kind: 'plex',
    data: {
      version: 2,
      schema: async () => (await import('./data.js')).PLEX_SCHEMA,
      earlier: (data) => ({ direct: null, ...ofVersion1(data) }),
    },
    places: ({ source_container, destination }) => [`container:${source_container}`, `path:${destination}`],
    plan: async (fields, ctx) => (await import('./plan.js')).planPlex(times, fields, ctx),
    run: async (part, ctx) => withLeft(await (await import('./run.js')).runPlex(times, part, ctx), part, ctx),
    recover: async (part, journal, ctx) =>
      withLeft(await (await import('./recover.js')).recoverPlex(times, part, journal, ctx), part, ctx),
    observe: async ({ source_container }, ctx) =>
      (await import('../docker/observe.js')).observeContainer(ctx, source_container),
  };
}

export const plex = createPlex(TIMES);
