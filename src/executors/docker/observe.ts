import type { Observation, Observed } from '../../core/model/observation.js';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { ObserveContext } from '../../core/ports/executor.js';
import { formatCount } from '../../core/text/format.js';
import { lastLine, shortHash } from '../shared/wording.js';
import { stateOf } from './condition.js';
import { type Container, inspectContainer } from './container.js';
import { lookFaults } from './missing.js';

/** What runs under a container's name; one that is not there is seen as absent. */
export async function observeContainer({ host }: ObserveContext, name: string): Promise<Observed> {
  const found = await inspectContainer(host, name);
  const of = containerThing(name);
  if (found.state === 'found') return { things: [{ ...observationOf(found.value), of }], notices: [] };
  if (found.state === 'missing') {
    return { things: [{ key: of, of, name, state: 'absent', healthy: null, detail: [] }], notices: [] };
  }
  return { things: [], notices: await lookFaults(host, found) };
}

/** A container by its name, however often it is made anew. */
export function containerThing(name: string): string {
  return `container-name:${name}`;
}

/** A container as `/status` shows it. */
export function observationOf(container: Container): Observation {
  const { id, name, exitCode, restarts } = container;
  const state = stateOf(container);
  const since = sinceOf(container);
  return {
    key: `container:${id}`,
    name,
    state,
    healthy: healthOf(container),
    detail: phrase`${code(imageOf(container))}${remark(container)}`,
    ...(isEnded(container) || state === 'restarting' ? { exitCode } : {}),
    ...(restarts > 0 ? { restarts } : {}),
    ...(since === null ? {} : { since }),
  };
}

function isEnded({ status }: Container): boolean {
  return status === 'exited' || status === 'dead';
}

/** Docker keeps the last word of the check of a container that has ended. */
function healthOf({ status, health }: Container): boolean | null {
  if (status !== 'running' || (health !== 'healthy' && health !== 'unhealthy')) return null;
  return health === 'healthy';
}

/** As it was named, a digest shortened. */
function imageOf({ imageRef }: Container): string {
  return imageRef.replace(/[0-9a-f]{64}/, shortHash);
}

/** What is odd about it that its state doesn't say; mostly nothing. */
function remark(container: Container): Phrase {
  const { status, health, healthOutput, restarts, exitCode, error } = container;
  if (error !== '' && status !== 'running') return phrase`, could not be started: ${code(lastLine(error))}`;
  const state = stateOf(container);
  if (state === 'crashed') return container.outOfMemory ? [', out of memory'] : [];
  if (isEnded(container) || state === 'restarting') return phrase`, exit code ${exitCode}`;
  const again = restarts > 0 ? phrase`, restarted ${formatCount(restarts, 'time')}` : [];
  const words = status === 'running' && health === 'unhealthy' ? lastLine(healthOutput) : '';
  return words === '' ? again : phrase`${again}, its check says ${code(words)}`;
}

/** When it was paused, Docker doesn't say; its times are in year 1 for what never happened. */
function sinceOf({ status, startedAt, finishedAt }: Container): string | null {
  if (status !== 'running' && status !== 'exited' && status !== 'dead') return null;
  const at = new Date(status === 'running' ? startedAt : finishedAt);
  return at.getTime() > 0 ? at.toISOString() : null;
}
