import { setTimeout as sleep } from 'node:timers/promises';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { Host } from '../../core/ports/host.js';
import { type Container, inspectContainer } from '../docker/container.js';
import { type Ends, faultOf, hasEnded, isReady, isStarting, lateWords, startPeriodOf } from './verdict.js';

const LOOK_EVERY_MS = 500;
/** More than this between two looks, in ms, was time in which nobody could look: it isn't counted. */
const LOOKED_AWAY_MS = 5000;

export interface StableOptions {
  /**
   * Seconds until every container must be up, and healthy where it has a check, for the first time. They count from
   * the end of its check's start period.
   */
  readonly timeout: number;
  /** Seconds that all of them must then stay so, without a restart. */
  readonly stableFor: number;
  readonly now: () => Date;
  /** Left out: what ends has failed. */
  readonly ends?: Ends;
  /** Ends the waiting; left out while things are put back. */
  readonly signal?: AbortSignal;
  /** Told the name of a container that is waited for. */
  readonly onWaiting?: (name: string) => void;
}

export type Stability =
  /** `ended`: ids of those that have done their work. */
  | { readonly state: 'stable'; readonly ended: readonly string[] }
  | { readonly state: 'stopped' }
  /** `starting`: the time is up, and its check has said neither yes nor no. */
  | { readonly state: 'starting' | 'failed'; readonly container: string; readonly why: Phrase };

type Late = Extract<Stability, { why: Phrase }>;

/** Since when a container has been as it should be, in watched ms, and what it was then. */
interface Mark {
  readonly since: number;
  readonly startedAt: string;
  readonly restarts: number;
}

/**
 * Watches containers until each has been up, and healthy where it has a health check, for `stableFor`
 * seconds without a restart. One that ends, keeps restarting, or turns unhealthy after it was healthy fails
 * at once; one that is not ready in time is told as still starting, or fails.
 */
export async function waitUntilStable(
  host: Host,
  ids: readonly string[],
  options: StableOptions,
): Promise<Stability> {
  const { ends = 'never', timeout, stableFor, now, signal, onWaiting } = options;
  const marks = new Map<string, Mark>();
  let watchedMs = 0;
  for (let last = now().getTime(); ; ) {
    const at = now().getTime();
    watchedMs += Math.min(at - last, LOOKED_AWAY_MS);
    last = at;
    const ended: string[] = [];
    let waitingFor: string | null = null;
    let late: Late | null = null;
    for (const id of ids) {
      const found = await inspectContainer(host, id);
      if (found.state !== 'found')
        return { state: 'failed', container: id.slice(0, 12), why: whyGone(found) };
      const { value } = found;
      if (hasEnded(value, ends)) {
        ended.push(id);
        continue;
      }
      const mark = marks.get(id);
      const fault = faultOf(value, mark !== undefined);
      if (fault) return { state: 'failed', container: value.name, why: fault };
      const kept = ends !== 'must' && isReady(value) ? markOf(value, mark, watchedMs) : null;
      if (kept) marks.set(id, kept);
      else marks.delete(id);
      if (!kept || watchedMs - kept.since < stableFor * 1000) waitingFor ??= value.name;
      const isLate = !kept && watchedMs >= timeout * 1000 + startPeriodOf(value);
      if (isLate && late?.state !== 'failed') late = lateOf(value, options);
    }
    if (late) return late;
    if (waitingFor === null) return { state: 'stable', ended };
    if (signal?.aborted) return { state: 'stopped' };
    onWaiting?.(waitingFor);
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** A restart begins the time of `stableFor` again. */
function markOf({ startedAt, restarts }: Container, mark: Mark | undefined, now: number): Mark {
  return mark?.startedAt === startedAt && mark.restarts === restarts
    ? mark
    : { since: now, startedAt, restarts };
}

function lateOf(container: Container, { timeout, ends = 'never' }: StableOptions): Late {
  return {
    state: ends !== 'must' && isStarting(container) ? 'starting' : 'failed',
    container: container.name,
    why: lateWords(container, timeout * 1000, ends),
  };
}

function whyGone(found: { state: 'missing' } | { state: 'failed'; why: string }): Phrase {
  return found.state === 'missing'
    ? phrase`a new container was removed by somebody else`
    : phrase`Docker said: ${code(found.why)}`;
}
