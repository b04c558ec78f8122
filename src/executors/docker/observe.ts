import type { ObserveContext } from '../../core/executor.js';
import { formatCount } from '../../core/format.js';
import type { Observation, Observed } from '../../core/observation.js';
import { code, type Phrase, phrase } from '../../core/phrase.js';
import { lastLine, shortHash } from '../shared/wording.js';
import { type Container, inspectContainer } from './container.js';
import { dockerMissing, dockerSaid } from './missing.js';

/** What runs under a container's name; one that is not there is seen as absent. */
export async function observeContainer({ host }: ObserveContext, name: string): Promise<Observed> {
  const found = await inspectContainer(host, name);
  const of = containerThing(name);
  if (found.state === 'found') return { things: [{ ...observationOf(found.value), of }], notices: [] };
  if (found.state === 'missing') {
    return { things: [{ key: of, of, name, state: 'absent', healthy: null, detail: [] }], notices: [] };
  }
  const faults = await dockerMissing(host);
  return { things: [], notices: faults.length > 0 ? faults : [dockerSaid(found)] };
}

/** A container by its name, however often it is made anew. */
export function containerThing(name: string): string {
  return `container-name:${name}`;
}

/** A container as `/status` shows it. */
export function observationOf(container: Container): Observation {
  const { id, name } = container;
  const since = sinceOf(container);
  return {
    key: `container:${id}`,
    name,
    state: stateOf(container),
    healthy: healthOf(container),
    detail: phrase`${code(imageOf(container))}${remark(container)}`,
    ...(since === null ? {} : { since }),
  };
}

function stateOf({ status, health }: Container): Observation['state'] {
  if (status === 'running') return health === 'starting' ? 'starting' : 'running';
  return status === 'restarting' || status === 'paused' ? status : 'stopped';
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

/** What is odd about it; mostly nothing. */
function remark({ status, health, healthOutput, restarts, exitCode, error }: Container): Phrase {
  if (status === 'created') {
    return error === '' ? [', never started'] : phrase`, could not be started: ${code(lastLine(error))}`;
  }
  if (status === 'restarting')
    return phrase`, restarted ${formatCount(restarts, 'time')}, exit code ${exitCode}`;
  if (status === 'exited' || status === 'dead') return phrase`, exit code ${exitCode}`;
  const words = status === 'running' && health === 'unhealthy' ? lastLine(healthOutput) : '';
  return words !== '' ? phrase`, its check says ${code(words)}` : [];
}

/** When it was paused, Docker doesn't say; its times are in year 1 for what never happened. */
function sinceOf({ status, startedAt, finishedAt }: Container): string | null {
  if (status !== 'running' && status !== 'exited' && status !== 'dead') return null;
  const at = new Date(status === 'running' ? startedAt : finishedAt);
  return at.getTime() > 0 ? at.toISOString() : null;
}
