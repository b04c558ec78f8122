import type { Notice } from '../../core/model/reasons.js';
import type { RunContext } from '../../core/ports/executor.js';
import type { Container } from '../docker/container.js';
import { ownContainer } from '../docker/own-container.js';
import { type Failure, STOPPED } from '../shared/failure.js';
import type { Quiesce } from './data.js';
import { announce, holdContainer, lookAgain } from './hold.js';
import { HELD, type Held, RELEASED } from './journal.js';
import { type Released, release } from './release.js';
import { haveStayed, type Stayed } from './stayed.js';
import type { QuiesceTimes } from './times.js';
import { Watch } from './watch.js';

/** A container that is not as it was, and why. */
export interface Lost {
  readonly name: string;
  readonly why: string;
  /** Docker did not say how it is. */
  readonly unseen: boolean;
}

/** How the work with the containers held went, and what became of them. */
export interface Around {
  readonly failure: Failure | null;
  /** Those that could not be put back. */
  readonly lost: readonly Lost[];
  /** They were to be stopped or paused, and that was begun. */
  readonly begun: boolean;
  /** Those that were found stopped or paused when they were put back. */
  readonly touched: readonly string[];
  /** From the first request to stop until the last one ran again, in ms. */
  readonly heldMs: number;
  /** Those whose health check has not passed yet. */
  readonly unhealthy: readonly string[];
  readonly warnings: readonly Notice[];
}

/** Where holding and putting back are among the plan's steps: the first of each, one for each container. */
export interface HoldSteps {
  readonly hold: number;
  readonly release: number;
}

const BLANK = { lost: [], begun: false, touched: [], heldMs: 0, unhealthy: [], warnings: [] } as const;

/**
 * Holds the containers while `work` is done, looks whether they stayed so, and puts them back however that ends, by a
 * bug too. Without a `quiesce` nothing is held.
 */
export async function around(
  quiesce: Quiesce | null,
  at: HoldSteps,
  ctx: RunContext,
  times: QuiesceTimes,
  work: () => Promise<Failure | null>,
): Promise<Around> {
  if (ctx.signal.aborted) return { ...BLANK, failure: STOPPED };
  if (quiesce === null) return { ...BLANK, failure: await work() };
  const found = await lookAgain(quiesce, ctx);
  if (found.failure) return { ...BLANK, failure: found.failure };
  const watch = new Watch(
    ctx,
    quiesce.places,
    found.found.map(({ id }) => id),
  );
  const own = (await ownContainer(ctx.host))?.id ?? null;
  await watch.begin();
  const held: Held[] = [];
  const since = ctx.now().getTime();
  let failure: Failure | null = null;
  let stayed: Stayed = { failure: null, warnings: [] };
  let back: Back | null = null;
  try {
    const down = await holdAll(quiesce, at.hold, held, ctx, times);
    failure = down.failure;
    if (failure === null && ctx.signal.aborted) failure = STOPPED;
    watch.keepLooking(times.watchMs);
    failure ??= await work();
    if (failure === null) {
      const before = [...down.now, ...stillOf(quiesce, found.found)];
      stayed = await haveStayed(quiesce, before, await watch.end(), own, ctx);
    }
  } finally {
    back = await putAllBack(held, at.release + quiesce.containers.length - 1, ctx, times);
    await watch.stop();
  }
  return {
    ...back,
    failure: failure ?? stayed.failure,
    begun: held.length > 0,
    heldMs: back.backAt === null ? 0 : back.backAt - since,
    warnings: stayed.warnings,
  };
}

/** Those of before that were not to be touched. */
function stillOf({ still }: Quiesce, found: readonly Container[]): readonly Container[] {
  return found.filter(({ id }) => still.some((one) => one.id === id));
}

/** One after the other, each a step from `first` on; `held` takes each before it is touched. */
async function holdAll(
  { containers, hold, stopSeconds }: Quiesce,
  first: number,
  held: Held[],
  ctx: RunContext,
  times: QuiesceTimes,
): Promise<{ readonly failure: Failure | null; readonly now: readonly Container[] }> {
  const now: Container[] = [];
  for (const [index, { id, name }] of containers.entries()) {
    if (ctx.signal.aborted) return { failure: STOPPED, now };
    ctx.step(first + index, 'running');
    const one: Held = { id, name, hold, at: ctx.now().getTime(), stopSeconds };
    const unnoted = await announce(HELD, one, ctx);
    if (unnoted === null) held.push(one);
    const result = unnoted === null ? await holdContainer(one, ctx, times) : { failure: unnoted };
    ctx.step(first + index, result.failure === null ? 'done' : 'failed');
    if (result.failure !== null) return { failure: result.failure, now };
    now.push(result.now);
  }
  return { failure: null, now };
}

interface Back extends Pick<Around, 'lost' | 'touched' | 'unhealthy'> {
  readonly backAt: number | null;
}

/** In reverse, the one that was held last first; the one that was held first is the step `last`. */
async function putAllBack(
  held: readonly Held[],
  last: number,
  ctx: RunContext,
  times: QuiesceTimes,
): Promise<Back> {
  const lost: Lost[] = [];
  const touched: string[] = [];
  const unhealthy: string[] = [];
  let backAt: number | null = null;
  for (const [index, one] of [...held.entries()].reverse()) {
    ctx.step(last - index, 'running');
    const onBack = (): void => {
      backAt = ctx.now().getTime();
    };
    const isWanted = !ctx.signal.aborted;
    const released: Released = await release(ctx.host, one, times, isWanted, onBack, ctx.signal);
    if (released.ok) await ctx.note(RELEASED, { id: one.id });
    ctx.step(last - index, released.ok ? 'done' : 'failed');
    if (!released.ok) lost.push({ name: one.name, why: released.why, unseen: released.unseen });
    else {
      if (released.touched) touched.push(one.name);
      if (released.health === 'waiting') unhealthy.push(one.name);
    }
  }
  return { lost, touched, unhealthy, backAt };
}
