import type { Check } from '../core/model/diagnosis.js';
import type { StackFields } from '../core/model/fields.js';
import type { Notice } from '../core/model/reasons.js';
import type { Host } from '../core/ports/host.js';
import { isAtLeast, versionIn } from '../core/views/versions.js';
import { inputsOf, namesOf } from '../executors/compose/inputs.js';
import { readDefinition, unknownService } from '../executors/compose/project.js';
import { readStack } from '../executors/compose/stack.js';
import { READ } from '../executors/docker/container.js';
import { dockerFault } from '../executors/docker/missing.js';
import { ofNotice, passed, problem, skipped, warning } from './check.js';
import { type AnyUse, grouped, namesIn, only, type Use } from './uses.js';
import type { DoctorWorld } from './world.js';

const AREA = 'docker';
/** The oldest versions that ChatOps is tested with, or that are known to have every option that it uses. */
const LEAST_ENGINE = [20, 10];
const LEAST_COMPOSE = [2, 20];
const SOCKET = '/var/run/docker.sock';

/** Docker, the Compose plugin and the Compose files, as far as intents need them. */
export async function examineDocker(
  world: DoctorWorld,
  host: Host,
  uses: readonly AnyUse[],
): Promise<readonly Check[]> {
  const users = only(uses, 'plex', 'scale', 'rollout');
  if (users.length === 0) return [skipped(AREA, 'docker.engine', 'No intent needs Docker.')];
  const stacks = only(uses, 'scale', 'rollout');
  const engine = await engineCheck(world, host, namesIn(users));
  if (stacks.length === 0) return [engine];
  const compose = await composeCheck(host, namesIn(stacks));
  if (compose.state === 'problem') return [engine, compose];
  const defined = grouped(stacks, ({ step }) => JSON.stringify(inputsOf(step.fields)));
  const found = await Promise.all(
    defined.map(([, its]) => stackChecks(host, its, engine.state !== 'problem')),
  );
  return [engine, compose, ...found.flat()];
}

async function engineCheck(world: DoctorWorld, host: Host, neededBy: string): Promise<Check> {
  const result = await host.exec(['docker', 'version', '--format', '{{.Server.Version}}'], READ);
  if (!result.ok) return engineFault(world, dockerFault(result), neededBy);
  const version = result.stdout.trim();
  if (isAtLeast(versionIn(version) ?? [], LEAST_ENGINE)) {
    return passed(AREA, 'docker.engine', `Docker ${version} answers.`);
  }
  return tooOld('docker.engine', `Docker ${version}`, LEAST_ENGINE, 'Update Docker on this host.');
}

async function engineFault(world: DoctorWorld, notice: Notice, neededBy: string): Promise<Check> {
  const { env, machine } = world;
  const byAddress = env.DOCKER_HOST !== undefined && env.DOCKER_HOST !== '';
  const check = ofNotice(AREA, 'docker.engine', 'problem', notice, neededBy);
  if (notice.code === 'tool_missing' || byAddress) return check;
  const unmounted = machine.inContainer && (await machine.look(SOCKET)) === null;
  if (!unmounted) return check;
  return problem(
    AREA,
    'docker.engine',
    `ChatOps runs in a container, and Docker’s socket is not mounted into it. Needed by ${neededBy}.`,
    `Start the container with \`-v ${SOCKET}:${SOCKET} --group-add <id of the group docker>\`. Whoever can use the socket is as powerful as root.`,
  );
}

async function composeCheck(host: Host, neededBy: string): Promise<Check> {
  const result = await host.exec(['docker', 'compose', 'version', '--short'], READ);
  if (!result.ok) {
    return problem(
      AREA,
      'docker.compose',
      `Docker’s Compose plugin is not installed on this host. Needed by ${neededBy}.`,
      'Install it (`apt install docker-compose-plugin` from Docker’s packages); the old `docker-compose` is not enough.',
    );
  }
  const version = result.stdout.trim().replace(/^v/, '');
  if (isAtLeast(versionIn(version) ?? [], LEAST_COMPOSE)) {
    return passed(AREA, 'docker.compose', `Docker Compose ${version}.`);
  }
  const remedy = 'Update it (`apt install docker-compose-plugin` from Docker’s packages).';
  return tooOld('docker.compose', `Docker Compose ${version}`, LEAST_COMPOSE, remedy);
}

function tooOld(id: string, what: string, least: readonly number[], remedy: string): Check {
  const wanted = least.join('.');
  return warning(AREA, id, `${what} is older than ${wanted}, so some of its options may be missing.`, remedy);
}

/** One stack, the services that intents name in it, and what its containers were made from. */
async function stackChecks(
  host: Host,
  uses: readonly Use<'scale' | 'rollout'>[],
  canAsk: boolean,
): Promise<readonly Check[]> {
  const id = 'docker.stack';
  const [first] = uses;
  if (!first) return [];
  const read = await readWhat(host, first.step.fields, canAsk);
  if (!read.ok) {
    return read.blockers.map((notice) => ofNotice(AREA, id, 'problem', notice, namesIn(uses)));
  }
  const { project } = read;
  const unknown = uses.flatMap((use) =>
    servicesOf(use)
      .filter((service) => !project.services.has(service))
      .map((service) => ofNotice(AREA, id, 'problem', unknownService(project, service), use.intent)),
  );
  const unset = project.warnings.map((notice) => ofNotice(AREA, id, 'warning', notice, namesIn(uses)));
  const differing = read.differences.map((notice) => ofNotice(AREA, id, 'problem', notice, namesIn(uses)));
  const found = [...unknown, ...differing, ...unset];
  if (found.length > 0) return found;
  return [
    passed(AREA, id, `${namesOf(project.inputs)} can be read, and has every service that intents name.`),
  ];
}

/** Without an engine, what runs can't be looked at, and the files can. */
async function readWhat(host: Host, fields: StackFields, canAsk: boolean) {
  const read = canAsk ? await readStack(host, fields) : await readDefinition(host, fields);
  if (!read.ok) return read;
  const { project, differences } = 'stack' in read ? read.stack : { ...read, differences: [] };
  return { ok: true as const, project, differences };
}

function servicesOf({ step }: Use<'scale' | 'rollout'>): readonly string[] {
  return step.kind === 'scale' ? [step.fields.service] : step.fields.services;
}
