import type { StackFields } from '../../core/model/fields.js';
import type { Notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import type { Container, Inspected } from '../docker/container.js';
import { lookFaults } from '../docker/missing.js';
import { asMade, isSameFolder } from './adopt.js';
import { containersOf, type ServiceContainer } from './containers.js';
import { orphaned, otherProfiles } from './difference-words.js';
import { differences, elsewhere, orphans } from './differences.js';
import { findInputs } from './find.js';
import type { StackInputs } from './inputs.js';
import { intentLines, line } from './intent-lines.js';
import { type Made, madeOf } from './made.js';
import type { Meant } from './meant.js';
import { originOf, Paths } from './origin.js';
import type { Outline, Reader } from './outline.js';
import { isOn, profilesOfMade } from './profiles.js';
import { type ComposeProject, readProject } from './project.js';
import { everyContainer } from './sharers.js';

/** A stack as its intent means it, with the containers that were made from it. */
export interface Stack<Project = ComposeProject> {
  readonly project: Project;
  readonly containers: readonly ServiceContainer[];
  /** Every container of the engine, as it was in the same look. */
  readonly all: readonly Container[];
  /** Why its containers were made from something else than the intent means: nothing may be done to them then. */
  readonly differences: readonly Notice[];
  /** What still runs and is in no file any more. */
  readonly orphans: readonly Notice[];
}

export type ReadStack<Project = ComposeProject> =
  | { readonly ok: true; readonly stack: Stack<Project> }
  | { readonly ok: false; readonly blockers: readonly Notice[] };

/** Reads what a stack is made from, and what was made from it: its identity is both together. */
export function readStack(host: Host, fields: StackFields): Promise<ReadStack> {
  return readStackBy(host, fields, readProject, () => everyContainer(host));
}

/** {@link readStack} with another look at the files, or one at the engine that several stacks share. */
export async function readStackBy<Project extends Outline>(
  host: Host,
  fields: StackFields,
  readFiles: Reader<Project>,
  list: () => Promise<Inspected<readonly Container[]>>,
): Promise<ReadStack<Project>> {
  const found = await findInputs(host, fields);
  if (!found.ok) return { ok: false, blockers: [found.notice] };
  const all = await list();
  if (all.state !== 'found') return { ok: false, blockers: await lookFaults(host, all) };
  const made = madeOf(all.value);
  const paths = new Paths(host);
  const read = await readFiles(host, await asMade(found.inputs, made, paths));
  if (!read.ok) return read;
  const { name, services } = read.project;
  const meant: Meant = {
    inputs: read.project.inputs,
    project: name,
    services,
    isNamed: fields.project !== undefined,
  };
  const other = await elsewhere(meant, made, paths);
  const own = made.filter(({ project }) => project === name);
  const differing = await differences(meant, made, paths, intentLines(host, paths));
  const profiles = withMade(read.project, own, found.hasProfiles);
  return {
    ok: true,
    stack: {
      project: { ...read.project, inputs: { ...meant.inputs, project: name, profiles: profiles.on } },
      containers: await ofFolder(containersOf(all.value, other ?? name), meant.inputs, paths),
      all: all.value,
      differences: [...differing, ...profiles.notices],
      orphans: (await orphans(meant, made, paths)).map((service) => orphaned(service, name)),
    },
  };
}

/** Without those of another folder whose project has the same name. */
async function ofFolder(
  containers: readonly ServiceContainer[],
  inputs: StackInputs,
  paths: Paths,
): Promise<readonly ServiceContainer[]> {
  const isOurs = await Promise.all(
    containers.map(async ({ labels }) => {
      const origin = originOf(labels);
      return origin.folder === '' || isSameFolder(inputs, await paths.of(origin), paths);
    }),
  );
  return containers.filter((_, index) => isOurs[index]);
}

/** No label tells which profiles were on; where nothing names them, those of the containers that are there are meant. */
function withMade(
  { inputs, services }: Outline,
  own: readonly Made[],
  isGiven: boolean,
): { readonly on: readonly string[]; readonly notices: readonly Notice[] } {
  const more = profilesOfMade(services, isGiven ? own.filter(({ isUp }) => isUp) : own, inputs.profiles);
  if (more.length === 0) return { on: inputs.profiles, notices: [] };
  const on = [...inputs.profiles, ...more];
  if (!isGiven) return { on, notices: [] };
  const off = own.flatMap(({ service, isUp }) => {
    const its = services.get(service);
    return isUp && its && !isOn(its, inputs.profiles) ? [service] : [];
  });
  return {
    on: inputs.profiles,
    notices: [otherProfiles([...new Set(off)].sort(), inputs.profiles, line('profiles', on))],
  };
}
