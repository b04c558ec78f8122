import type { Json } from '../../core/model/plan.js';
import type { Executor } from '../../core/ports/executor.js';
import { ofVersion1 } from '../files/earlier.js';
import { withLeft } from '../quiesce/left.js';
import { type QuiesceTimes, TIMES } from '../quiesce/times.js';
import type { PlexData } from './data.js';

/** Packs the live databases of a container, Plex's above all, into an archive: stop, copy, start. */
export function createPlex(times: QuiesceTimes): Executor<'plex', PlexData> {
  return {
    kind: 'plex',
    data: {
      version: 2,
      schema: async () => (await import('./data.js')).PLEX_SCHEMA,
      earlier: (data) => fromFirst(ofVersion1(data) as unknown as FirstData) as unknown as Json,
    },
    places: ({ source_container, destination }) => [`container:${source_container}`, `path:${destination}`],
    plan: async (fields, ctx) => (await import('./plan.js')).planPlex(times, fields, ctx),
    run: async (part, ctx) =>
      withLeft(await (await import('./run.js')).runPlex(times, part, ctx), part.data.quiesce, ctx),
    recover: async (part, journal, ctx) =>
      withLeft(
        await (await import('./recover.js')).recoverPlex(times, part, journal, ctx),
        part.data.quiesce,
        ctx,
      ),
    observe: async ({ source_container }, ctx) =>
      (await import('../docker/observe.js')).observeContainer(ctx, source_container),
  };
}

export const plex = createPlex(TIMES);

/** Of version 1: one container, and at first nothing of the folder on this host. */
type FirstData = Omit<PlexData, 'quiesce' | 'live' | 'direct'> & {
  readonly steps: unknown;
  readonly containerId: string | null;
  readonly hold: 'stop' | 'pause' | 'none';
  readonly stopSeconds: number;
  readonly direct?: PlexData['direct'];
};

function fromFirst({ containerId, hold, stopSeconds, steps: _steps, ...rest }: FirstData): PlexData {
  const isHeld = hold !== 'none' && containerId !== null;
  const containers = isHeld ? [{ id: containerId, name: rest.container }] : [];
  return {
    ...rest,
    direct: rest.direct ?? null,
    quiesce: isHeld ? { hold, stopSeconds, containers, still: [], places: [], volumes: [] } : null,
    live: [],
  };
}
