import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../../core/format.js';
import type { Host } from '../../core/host.js';
import { code, type Phrase, phrase } from '../../core/phrase.js';
import { type Container, inspectContainer } from '../docker/container.js';
import { lastLine } from '../shared/wording.js';

const LOOK_EVERY_MS = 500;
/** A container that its restart policy has started this often is not given more time. */
const TOO_MANY_RESTARTS = 3;

export interface StableOptions {
  /** Seconds until every container must be up, and healthy where it has a check, for the first time. */
  readonly timeout: number;
  /** Seconds that all of them must then stay so, without a restart. */
  readonly stableFor: number;
  readonly now: () => Date;
  /** Ends the waiting; left out while things are put back. */
  readonly signal?: AbortSignal;
  /** Told the name of a container that is waited for. */
  readonly onWaiting?: (name: string) => void;
}

export type Stability =
  | { readonly state: 'stable' }
  | { readonly state: 'stopped' }
  | { readonly state: 'failed'; readonly container: string; readonly why: Phrase };

/** Since when a container has been as it should be, in ms, and what it was then. */
interface Mark {
  readonly since: number;
  readonly startedAt: string;
}

/**
 * Watches containers until each has been up, and healthy where it has a health check, for `stableFor`
 * seconds without a restart. One that ends, keeps restarting, or turns unhealthy after it was healthy fails
 * at once; one that is not ready by `timeout` fails then.
 */
export async function waitUntilStable(
  host: Host,
  ids: readonly string[],
  options: StableOptions,
): Promise<Stability> {
  const began = options.now().getTime();
  const marks = new Map<string, Mark>();
  for (;;) {
    const now = options.now().getTime();
    const late = now - began >= options.timeout * 1000;
    let waitingFor: string | null = null;
    for (const id of ids) {
      const found = await inspectContainer(host, id);
      if (found.state !== 'found') return failed(id.slice(0, 12), whyGone(found));
      const { value } = found;
      const mark = marks.get(id);
      const fault = faultOf(value, mark) ?? (late && !isReady(value) ? lateFault(value, options) : null);
      if (fault) return failed(value.name, fault);
      const kept = isReady(value) ? markOf(value, mark, now) : null;
      if (kept) marks.set(id, kept);
      else marks.delete(id);
      if (!kept || now - kept.since < options.stableFor * 1000) waitingFor ??= value.name;
    }
    if (waitingFor === null) return { state: 'stable' };
    if (options.signal?.aborted) return { state: 'stopped' };
    options.onWaiting?.(waitingFor);
    await sleep(LOOK_EVERY_MS, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

function failed(container: string, why: Phrase): Stability {
  return { state: 'failed', container, why };
}

function isReady({ status, health }: Container): boolean {
  return status === 'running' && (health === 'none' || health === 'healthy');
}

/** A restart begins the time of `stableFor` anew. */
function markOf({ startedAt }: Container, mark: Mark | undefined, now: number): Mark {
  return mark?.startedAt === startedAt ? mark : { since: now, startedAt };
}

/** Why more time would not help; null while it may. */
function faultOf(container: Container, mark: Mark | undefined): Phrase | null {
  const { name, status, restarts, exitCode } = container;
  if (restarts >= TOO_MANY_RESTARTS) {
    return phrase`${code(name)} keeps ending and was restarted ${restarts} times`;
  }
  if (status === 'exited' || status === 'dead') return phrase`${code(name)} ended with exit code ${exitCode}`;
  if (status === 'created' && container.error !== '') {
    return phrase`${code(name)} could not be started: ${code(lastLine(container.error))}`;
  }
  if (mark && container.health === 'unhealthy') {
    return phrase`${code(name)} was healthy first, then turned unhealthy${healthWords(container)}`;
  }
  return null;
}

function lateFault(container: Container, { timeout }: StableOptions): Phrase {
  const waited = formatDuration(timeout * 1000);
  const what = container.health === 'none' ? 'did not stay up' : 'never became healthy';
  return phrase`${code(container.name)} ${what} (waited ${waited}${healthWords(container)})`;
}

/** What the health check said, as `: "connection refused"`; empty when it said nothing. */
function healthWords({ healthOutput }: Container): Phrase {
  const words = lastLine(healthOutput);
  return words === '' ? [] : phrase`: ${code(words)}`;
}

function whyGone(found: { state: 'missing' } | { state: 'failed'; why: string }): Phrase {
  return found.state === 'missing'
    ? phrase`a new container was removed by somebody else`
    : phrase`Docker said: ${code(found.why)}`;
}
