import type { Executor } from '../../core/executor.js';
import { observeContainer } from '../docker/observe.js';
import type { PlexData } from './data.js';
import { planPlex } from './plan.js';
import { recoverPlex } from './recover.js';
import { runPlex } from './run.js';
import { type PlexTimes, TIMES } from './times.js';

/** Packs the live databases of a container, Plex's above all, into an archive: stop, copy, start. */
export function createPlex(times: PlexTimes): Executor<'plex', PlexData> {
  return {
    kind: 'plex',
    plan: (fields, ctx) => planPlex(times, fields, ctx),
    run: (part, ctx) => runPlex(times, part, ctx),
    recover: (part, journal, ctx) => recoverPlex(times, part, journal, ctx),
    observe: ({ source_container }, ctx) => observeContainer(ctx, source_container),
  };
}

export const plex = createPlex(TIMES);
