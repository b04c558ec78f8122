import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { RunContext } from '../../core/ports/executor.js';
import { type ServiceContainer, serviceContainers } from '../compose/containers.js';
import { waitUntilStable } from '../compose/stable.js';
import type { Replacement, RolloutData } from './data.js';
import { type DependentFault, restartDependents, watchDependents } from './dependents-watch.js';

export type Settled =
  | { readonly state: 'fine'; readonly checked: boolean }
  | { readonly state: 'stopped' }
  /** They were made from something else than was shown. */
  | { readonly state: 'edited'; readonly why: Phrase }
  /** Its time is up, and its health check has said neither yes nor no. */
  | { readonly state: 'starting'; readonly container: string; readonly why: Phrase }
  | {
      readonly state: 'failed';
      readonly container: string | null;
      readonly why: Phrase;
      /** Docker does not say how it is. */
      readonly isUnseen?: true;
    };

export interface SettleOptions {
  /** Ends the waiting; left out while things are put back. */
  readonly signal?: AbortSignal;
  /** Why the containers are not what was shown; null: they are. */
  readonly edited?: (made: readonly ServiceContainer[]) => Promise<Phrase | null>;
}

/** Waits until a service's containers, all made from this image, are up and healthy and stay so. */
export async function waitUntilSettled(
  data: RolloutData,
  { service, replicas, ends }: Replacement,
  imageId: string,
  ctx: RunContext,
  { signal, edited }: SettleOptions = {},
): Promise<Settled> {
  const found = await serviceContainers(ctx.host, data.project, service);
  if (found.state !== 'found') {
    return { ...failed(phrase`Docker does not answer any more`), isUnseen: true };
  }
  const containers = found.value;
  const edit = (await edited?.(containers)) ?? null;
  if (edit !== null) return { state: 'edited', why: edit };
  if (containers.length !== replicas) {
    return failed(phrase`${code(service)} has ${containers.length} containers, not ${replicas}`);
  }
  const other = containers.find((container) => container.imageId !== imageId);
  if (other) return failed(phrase`${code(other.name)} does not run the image that it should`);
  const stable = await waitUntilStable(
    ctx.host,
    containers.map(({ id }) => id),
    {
      timeout: data.timeout,
      stableFor: data.stableFor,
      ends,
      now: ctx.now,
      onWaiting: (current) => ctx.progress({ current }),
      ...(signal ? { signal } : {}),
    },
  );
  if (stable.state !== 'stable') return stable;
  const lost = signal ? await dependentFault(data, service, ctx, signal) : null;
  if (lost) return { state: 'failed', ...lost };
  return { state: 'fine', checked: containers.every(({ health }) => health !== 'none') };
}

/** What depends on it is restarted where the file says so, and has to be as well as before. */
async function dependentFault(
  data: RolloutData,
  service: string,
  ctx: RunContext,
  signal: AbortSignal,
): Promise<DependentFault | null> {
  return (await restartDependents(data, service, ctx)) ?? (await watchDependents(data, service, ctx, signal));
}

/** `runs` words for containers that are fine: only a health check can say healthy. */
export function fineWords(checked: boolean): string {
  return checked ? 'and is healthy' : 'and stays up';
}

function failed(why: Phrase): Extract<Settled, { state: 'failed' }> {
  return { state: 'failed', container: null, why };
}
