import { posix } from 'node:path';
import type { PlexFields } from '../../core/model/fields.js';
import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { PlanContext } from '../../core/ports/executor.js';
import type { Host } from '../../core/ports/host.js';
import { amongOrInspected, type Container } from '../docker/container.js';
import { type Ground, groundOf } from '../docker/ground.js';
import { lookFaults } from '../docker/missing.js';
import { packCommands } from '../files/commands.js';
import { overlap, placesOf, resolved } from '../quiesce/places.js';
import { listRunning, type Running } from '../quiesce/users.js';
import { openLogsNotice } from '../shared/open-logs.js';
import { isWithin } from '../shared/paths.js';
import { openSource, sourceEmpty } from '../shared/source.js';
import { compareMounts, type SourceMounts, sourceMounts } from '../shared/source-mounts.js';
import { type Direct, PLEX_WAY_OUT } from './data.js';
import { directRead } from './direct.js';
import { copyCommand, type Measured, measureInContainer, measureOnHost } from './measure.js';
import { inMemory } from './memory.js';
import { existingHostPath } from './mounted.js';
import { provenFolder } from './proof.js';

/** What a plan needs to know of the databases and the container around them. */
export interface PlexSource {
  /** Null when it is not needed, or not there. */
  readonly container: Container | null;
  /** Which containers run, and which of them this program needs; null when none are held. */
  readonly around: Surroundings | null;
  /** As people read it: a path of this host, or `plex:/config/…`. */
  readonly label: string;
  /** Writes it to stdout as a tar stream. */
  readonly read: readonly string[];
  /** Another way to do so, which is quicker; null when it is not proven to give the same. */
  readonly direct: Direct | null;
  /** Where it lies on this host, as far as that is known. */
  readonly onHost: string | null;
  /** Those of a folder of this host that is read; null where Docker reads, which sees mounts of its own. */
  readonly mounts: SourceMounts | null;
  /** Null when it can't be told without reading it all. */
  readonly size: { readonly files: number; readonly bytes: number } | null;
  /** Folders of the container in memory, which a copy lacks. */
  readonly leftOut: readonly string[];
  readonly warnings: readonly Notice[];
  readonly blockers: readonly Notice[];
}

/** Looks the container and the databases up. Reads only. */
export async function lookAtSource(fields: PlexFields, ctx: PlanContext): Promise<PlexSource> {
  const found = await findContainer(fields, ctx);
  return fields.source === null
    ? inContainer(fields.source_path ?? '/', fields, found, ctx)
    : onHost(fields.source, fields, found, ctx);
}

export interface Surroundings {
  readonly running: Running;
  /** What this program needs to live. */
  readonly ground: readonly Ground[];
  /** Where the databases are on the engine's host, as far as that is known. */
  readonly places: readonly string[];
}

interface Found {
  readonly container: Container | null;
  readonly around: Surroundings | null;
  readonly leftOut: readonly string[];
  readonly blockers: readonly Notice[];
}

async function findContainer(fields: PlexFields, { host }: PlanContext): Promise<Found> {
  const nothing = { container: null, around: null, leftOut: [] };
  // A folder of this host that is copied as it is needs no container.
  if (fields.source !== null && fields.consistency === 'none') return { ...nothing, blockers: [] };
  const running = await listRunning(host);
  if (running.state !== 'found') return { ...nothing, blockers: await lookFaults(host, running) };
  const name = fields.source_container;
  const inspected = await amongOrInspected(host, running.value.containers, name);
  if (inspected.state === 'failed') return { ...nothing, blockers: [unreachable(name, inspected.why)] };
  if (inspected.state === 'missing') return { ...nothing, blockers: [containerUnknown(name)] };
  const container = inspected.value;
  const places = await placesIn(host, fields, container, running.value);
  const around = { running: running.value, ground: await groundOf(host, running.value.containers), places };
  const unfit = unsettled(container);
  const memory = await inMemory(host, fields, container);
  const blockers = [...(unfit ? [unfit] : []), ...memory.blockers];
  return { container, around, leftOut: memory.leftOut, blockers };
}

/** Where the databases are: on this host, or on the mounts of the container that have to do with them. */
async function placesIn(
  host: Host,
  { source, source_path }: PlexFields,
  container: Container,
  { volumes }: Running,
): Promise<readonly string[]> {
  if (source !== null) return [await resolved(host, source)];
  const path = source_path ?? '/';
  const found: string[] = [];
  for (const mount of container.mounts) {
    if (mount.source === '' || !overlap([mount.destination], [path])) continue;
    const below = isWithin(path, mount.destination) ? posix.relative(mount.destination, path) : '';
    for (const place of await placesOf(host, mount, volumes)) found.push(posix.join(place, below));
  }
  return found;
}

function unreachable(name: string, why: string): Notice {
  return notice('docker_unreachable', phrase`Docker could not look at ${code(name)}: ${code(why)}.`);
}

export function containerUnknown(name: string): Notice {
  return notice('container_unknown', phrase`There is no container ${code(name)} on this host.`);
}

function unsettled({ name, status }: Container): Notice | null {
  if (status !== 'restarting' && status !== 'removing' && status !== 'dead') return null;
  return notice('container_unsettled', phrase`${code(name)} is ${status}, neither running nor stopped.`);
}

async function inContainer(
  path: string,
  fields: PlexFields,
  found: Found,
  ctx: PlanContext,
): Promise<PlexSource> {
  const { container, around, leftOut, blockers } = found;
  const name = fields.source_container;
  const source = {
    ...{ container, around, leftOut, label: `${name}:${path}`, read: copyCommand(name, path) },
    warnings: [],
  };
  if (container === null)
    return { ...source, direct: null, onHost: null, mounts: null, size: null, blockers };
  const { measured, direct } = await look(path, fields, found, container, ctx);
  const onHost = await existingHostPath(ctx.host, container, path);
  const size = measured.state === 'measured' ? measured : null;
  const fault = faultOf(measured, source.label);
  const mounts = direct === null ? null : await sourceMounts(ctx.host, direct.folder.path, NO_QUESTION);
  return { ...source, direct, onHost, mounts, size, blockers: [...blockers, ...(fault ? [fault] : [])] };
}

/**
 * Without Docker only what is held while it is copied is read: files of a container that goes on change under tar,
 * and Docker would have to read all of it again.
 */
async function look(
  path: string,
  fields: PlexFields,
  { leftOut }: Found,
  container: Container,
  { host }: PlanContext,
): Promise<{ readonly measured: Measured; readonly direct: Direct | null }> {
  const isHeld = fields.consistency !== 'none' && container.status === 'running';
  const proven = isHeld ? await provenFolder(host, container, path) : null;
  const counted = proven === null ? null : await measureOnHost(host, proven.path);
  if (proven === null || counted === null)
    return { measured: await measureInContainer(host, container, path, leftOut), direct: null };
  return {
    measured: { state: 'measured', ...counted },
    direct: counted.readable ? directRead(proven, path) : null,
  };
}

function faultOf(measured: Measured, label: string): Notice | null {
  switch (measured.state) {
    case 'missing':
      return notice(
        'source_missing',
        phrase`${code(label)} does not exist.`,
        phrase`Correct ${code('source_path')} in the intent.`,
      );
    case 'failed':
      return notice('source_unreadable', phrase`${code(label)} can’t be read: ${code(measured.why)}.`);
    case 'measured':
      return measured.files === 0 ? sourceEmpty(label) : null;
    case 'there':
      return null;
  }
}

/** All of a folder is read. */
const NO_QUESTION = { source: '', exclude: [], staysOnOne: false, wanted: undefined } as const;

async function onHost(
  path: string,
  { source_mounts: wanted, consistency }: PlexFields,
  { container, around, leftOut, blockers }: Found,
  ctx: PlanContext,
): Promise<PlexSource> {
  const { host } = ctx;
  const opened = await openSource(host, path);
  const isFolder = opened.ok && opened.type === 'directory';
  const [read = []] = packCommands({ real: opened.ok ? opened.real : path, isFolder }, []);
  const source = {
    container,
    around,
    leftOut,
    label: path,
    read,
    direct: null,
  };
  if (!opened.ok) {
    const nothing = { onHost: null, mounts: null, size: null, warnings: [] };
    return { ...source, ...nothing, blockers: [...blockers, opened.notice] };
  }
  const size = await measureOnHost(host, opened.real);
  const empty = size?.files === 0 ? [sourceEmpty(path)] : [];
  // After the walk, which may have mounted what is mounted by its use.
  const asked = { ...NO_QUESTION, source: path, wanted };
  const mounts = await sourceMounts(host, opened.real, asked);
  const logs =
    consistency === 'none' ? await openLogsNotice(host, path, opened.real, [], PLEX_WAY_OUT) : null;
  const { blocker, warning } = compareMounts(asked, mounts, await ctx.remembered());
  return {
    ...source,
    ...{ onHost: opened.real, mounts, size },
    warnings: [...(warning ? [warning] : []), ...(logs ? [logs] : [])],
    blockers: [...(blocker ? [blocker] : []), ...blockers, ...empty],
  };
}
