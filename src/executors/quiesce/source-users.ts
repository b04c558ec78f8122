import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { PlanContext } from '../../core/ports/executor.js';
import type { Host } from '../../core/ports/host.js';
import { type Container, type Inspected, READ } from '../docker/container.js';
import { groundOf, ownId } from '../docker/ground.js';
import { lookFaults } from '../docker/missing.js';
import { isWithin } from '../shared/paths.js';
import type { Quiesce } from './data.js';
import { liveData } from './live.js';
import { planQuiesce } from './plan.js';
import { listRunning, type Running, usersOf } from './users.js';

/** The containers that may write to a folder of this host, and what is done with them. */
export interface SourceUsers {
  readonly quiesce: Quiesce | null;
  /** Those that are held, as they are now. */
  readonly containers: readonly Container[];
  /** Names of those that go on. */
  readonly live: readonly string[];
  readonly warnings: readonly Notice[];
  readonly blockers: readonly Notice[];
}

const NONE: SourceUsers = { quiesce: null, containers: [], live: [], warnings: [], blockers: [] };

/** Looks which containers may write to the source. Without Docker that is only a note, unless they are to be held. */
export async function usersOfSource(
  source: string,
  hold: Quiesce['hold'] | undefined,
  stopSeconds: number,
  { host }: Pick<PlanContext, 'host'>,
): Promise<SourceUsers> {
  const real = await host.realpath(source).catch(() => null);
  if (real === null) return NONE;
  const [running, isElsewhere] = await Promise.all([listRunning(host), controlsAnother(host)]);
  if (running.state !== 'found') return unknown(host, source, hold, running);
  const ground = await groundOf(host, running.value.containers);
  const own = ownId(ground);
  const self = running.value.containers.find(({ id }) => id === own);
  if (isElsewhere && self === undefined) return elsewhere(source, hold);
  const places = [real, ...(self ? seenByEngine(self, real) : [])];
  if (hold === undefined) {
    const users = (await usersOf(host, running.value, places)).map(({ container }) => container);
    const live = users.filter(({ id, status }) => id !== own && status === 'running').map(({ name }) => name);
    const out = phrase`Set ${code('consistency: stop')} or ${code('consistency: pause')} in the intent to hold them meanwhile.`;
    return { ...NONE, live, warnings: live.length > 0 ? [liveData(live, out)] : [] };
  }
  const wanted = { hold, stopSeconds, named: [], places, running: running.value, ground };
  const { quiesce, containers, warnings, blockers } = await planQuiesce(host, wanted);
  const away = hold === 'stop' ? unmounted(source, real, running.value) : [];
  return { ...NONE, quiesce, containers, warnings, blockers: [...blockers, ...away] };
}

/** Where the engine has a path that this program sees in its own container. */
function seenByEngine({ mounts }: Container, path: string): readonly string[] {
  return mounts
    .filter(({ source, destination }) => source !== '' && isWithin(path, destination))
    .map(({ source, destination }) => `${source}${path.slice(destination.length)}`);
}

/** Is the engine reached over the network, so that its paths need not be this host's? */
async function controlsAnother(host: Host): Promise<boolean> {
  const argv = ['docker', 'context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'];
  const { ok, stdout } = await host.exec(argv, { ...READ, timeoutMs: 10_000 });
  return ok && /^(?:tcp|ssh|https?):/.test(stdout.trim());
}

/** A volume with a disk or share of its own is mounted only while a container uses it. */
function unmounted(source: string, real: string, { containers, volumes }: Running): readonly Notice[] {
  const mount = containers
    .flatMap(({ mounts }) => mounts)
    .find(
      (one) =>
        volumes.has(one.name) &&
        one.source !== '' &&
        (isWithin(real, one.source) || isWithin(one.source, real)),
    );
  if (!mount) return [];
  return [
    notice(
      'stop_destroys',
      phrase`${code(source)} shows the volume ${code(mount.name)} only while a container uses it: stopped, it would be empty.`,
      phrase`Set ${code('consistency: pause')} in the intent, or name the place that the volume was made with as ${code('source')}.`,
    ),
  ];
}

async function unknown(
  host: Host,
  source: string,
  hold: Quiesce['hold'] | undefined,
  found: Exclude<Inspected<never>, { state: 'found' }>,
): Promise<SourceUsers> {
  const faults = await lookFaults(host, found);
  if (hold !== undefined) return { ...NONE, blockers: faults };
  const [first] = faults;
  // Where Docker isn't there, no container runs.
  const isAbsent =
    first?.code === 'tool_missing' && (await host.stat('/var/run/docker.sock').catch(() => null)) === null;
  if (isAbsent) return NONE;
  const why = first?.message ?? phrase`Docker could not list the containers.`;
  return {
    ...NONE,
    warnings: [
      notice('users_unknown', phrase`Whether containers write to ${code(source)} isn’t known. ${why}`),
    ],
  };
}

function elsewhere(source: string, hold: Quiesce['hold'] | undefined): SourceUsers {
  if (hold === undefined) return NONE;
  const blocker = notice(
    'docker_unreachable',
    phrase`Docker controls another machine from here, so the containers that use ${code(source)} can’t be held.`,
    phrase`Unset ${code('DOCKER_HOST')}, or set ${code('consistency: none')} in the intent.`,
  );
  return { ...NONE, blockers: [blocker] };
}
