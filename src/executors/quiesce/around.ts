import type { RunContext } from '../../core/executor.js';
import type { PlexData } from '../plex/data.js';
import { type Failure, STOPPED } from '../shared/failure.js';
import { type Held, holdContainer, RELEASED, refuseChanged, release } from './hold.js';
import type { QuiesceTimes } from './times.js';

/** Why a container is not as it was. */
export type Lost = Extract<Awaited<ReturnType<typeof release>>, { ok: false }>;

/** How the work with the container held went, and what became of the container. */
export interface Around {
  readonly failure: Failure | null;
  /** Why the container could not be put back; null: it is as it was. */
  readonly lost: Lost | null;
  /** It was to be stopped or paused, and that was begun. */
  readonly begun: boolean;
  /** It was found stopped or paused when it was put back. */
  readonly touched: boolean;
  /** From the request to stop until it ran again, in ms. */
  readonly heldMs: number;
  readonly health: 'none' | 'healthy' | 'waiting';
}

/** Holds the container while `work` is done, and puts it back however that ends, by a bug too. */
export async function around(
  data: PlexData,
  ctx: RunContext,
  times: QuiesceTimes,
  work: () => Promise<Failure | null>,
): Promise<Around> {
  const blank = { lost: null, begun: false, touched: false, heldMs: 0, health: 'none' } as const;
  const { containerId, hold } = data;
  if (ctx.signal.aborted) return { ...blank, failure: STOPPED };
  if (hold === 'none' || containerId === null) return { ...blank, failure: await work() };

  const since = ctx.now().getTime();
  const held: Held = {
    id: containerId,
    name: data.container,
    hold,
    at: since,
    stopSeconds: data.stopSeconds,
  };
  const refused = await refuseChanged(data, held, ctx);
  if (refused) return { ...blank, failure: refused };
  let failure: Failure | null = null;
  let released: Awaited<ReturnType<typeof release>> | null = null;
  let backAt = since;
  try {
    ctx.step(data.steps.indexOf('hold'), 'running');
    failure = await holdContainer(data, held, ctx, times);
    ctx.step(data.steps.indexOf('hold'), failure === null ? 'done' : 'failed');
    if (failure === null && ctx.signal.aborted) failure = STOPPED;
    failure ??= await work();
  } finally {
    ctx.step(data.steps.indexOf('release'), 'running');
    const onBack = (): void => {
      backAt = ctx.now().getTime();
    };
    released = await release(ctx.host, held, times, !ctx.signal.aborted, onBack, ctx.signal);
    if (released.ok) await ctx.note(RELEASED, null);
    ctx.step(data.steps.indexOf('release'), released.ok ? 'done' : 'failed');
  }
  if (!released.ok) return { ...blank, failure, begun: true, lost: released };
  return {
    failure,
    lost: null,
    begun: true,
    touched: released.touched,
    heldMs: backAt - since,
    health: released.health,
  };
}
