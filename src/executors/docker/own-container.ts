import { code, phrase } from '../../core/model/phrase.js';
import { type Host, HostError, NoAnswerError } from '../../core/ports/host.js';
import { MOUNT_INFO } from '../shared/mountinfo.js';
import { type Container, inspectContainer, listContainers } from './container.js';

/** Docker mounts files of a container into it, from a folder that is named by its id. */
const MOUNTED = /\/containers\/([0-9a-f]{64})\/(hostname|hosts|resolv\.conf) \/etc\/\2 /m;
/** `/docker/<id>`, `/system.slice/docker-<id>.scope`. */
const GROUPED = /[/-]([0-9a-f]{64})(?:\.scope)?$/m;
/** What this container writes, where its root is an overlay. */
const UPPER = /^\d+ \d+ \S+ \S+ \/ .* - overlay .*\bupperdir=([^,\s]+)/m;

/**
 * The container that this program runs in; null: in none of this engine. Throws where it runs in one and the engine
 * can't be asked which: not knowing it is not being in none.
 * @param listed the containers of the engine, at least those that run, where they have just been looked at
 */
export async function ownContainer(host: Host, listed?: readonly Container[]): Promise<Container | null> {
  const facts = `${await own(host, '/proc/self/cgroup')}\n${await own(host, MOUNT_INFO)}`;
  const grouped = GROUPED.exec(facts)?.[1];
  const byGroup = grouped === undefined ? null : await known(host, grouped, listed);
  if (byGroup !== null) return byGroup;
  const mounted = MOUNTED.exec(facts)?.[1];
  const byMount = mounted === undefined ? null : await known(host, mounted, listed);
  return byMount === null ? null : amongSharers(byMount, facts, await runningOf(host, listed));
}

/** What the kernel says of this program; empty where it doesn't say that. */
async function own(host: Host, path: string): Promise<string> {
  try {
    return await host.readText(path);
  } catch (error) {
    if (!(error instanceof HostError) || error.code === 'ETIMEDOUT') throw error;
    return '';
  }
}

/** An id of another engine, such as the one around this machine, is nobody here. */
async function known(
  host: Host,
  id: string,
  listed: readonly Container[] | undefined,
): Promise<Container | null> {
  if (listed) return listed.find((one) => one.id === id) ?? null;
  const found = await inspectContainer(host, id);
  if (found.state === 'failed') throw unanswered(found.why);
  return found.state === 'found' ? found.value : null;
}

function unanswered(why: string): NoAnswerError {
  const what = phrase`Docker doesn’t say which container the bot runs in: ${code(why)}.`;
  return new NoAnswerError('docker', what);
}

/** What of those that were listed runs, or else what runs now. Throws where the engine doesn't say. */
export async function runningOf(
  host: Host,
  listed: readonly Container[] | undefined,
): Promise<readonly Container[]> {
  if (listed) return listed.filter(({ running }) => running);
  const found = await listContainers(host, []);
  if (found.state !== 'found') throw unanswered('it could not list the containers');
  return found.value;
}

/** The mounted files belong to the container whose network is used: that may be another one. */
function amongSharers(owner: Container, facts: string, running: readonly Container[]): Container {
  const sharers = running.filter(({ namespaces }) => namespaces.includes(owner.id));
  if (sharers.length === 0) return owner;
  const upper = UPPER.exec(facts)?.[1];
  const byUpper = [owner, ...sharers].find((one) => upper !== undefined && one.upperFolder === upper);
  // Without an overlay the mounts tell: a sharer has its own.
  return byUpper ?? sharers.find((one) => one.mounts.length > 0 && hasMounts(one, facts)) ?? owner;
}

function hasMounts({ mounts }: Container, facts: string): boolean {
  return mounts.every(({ destination }) => facts.includes(` ${destination} `));
}
