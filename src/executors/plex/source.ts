import type { PlanContext } from '../../core/executor.js';
import type { PlexFields } from '../../core/intent/fields.js';
import { code, phrase } from '../../core/phrase.js';
import { type Notice, notice } from '../../core/reasons.js';
import { type Container, inspectContainer } from '../docker/container.js';
import { dockerMissing } from '../docker/missing.js';
import { packCommand, packed } from '../files/commands.js';
import { holdOf } from '../quiesce/hold.js';
import { openSource, sourceEmpty } from '../shared/source.js';
import type { Direct } from './data.js';
import { directRead } from './direct.js';
import { copyCommand, type Measured, measureInContainer, measureOnHost } from './measure.js';
import { existingHostPath } from './mounted.js';
import { provenFolder } from './proof.js';

/** What a plan needs to know of the databases and the container around them. */
export interface PlexSource {
  /** Null when it is not needed, or not there. */
  readonly container: Container | null;
  /** As people read it: a path of this host, or `plex:/config/…`. */
  readonly label: string;
  /** Writes it to stdout as a tar stream. */
  readonly read: readonly string[];
  /** Another way to do so, which is quicker; null when it is not proven to give the same. */
  readonly direct: Direct | null;
  /** Where it lies on this host, as far as that is known. */
  readonly onHost: string | null;
  /** Null when it can't be told without reading it all. */
  readonly size: { readonly files: number; readonly bytes: number } | null;
  readonly blockers: readonly Notice[];
}

/** Looks the container and the databases up. Reads only. */
export async function lookAtSource(fields: PlexFields, ctx: PlanContext): Promise<PlexSource> {
  const found = await findContainer(fields, ctx);
  return fields.source === null
    ? inContainer(fields.source_path ?? '/', fields, found, ctx)
    : onHost(fields.source, found, ctx);
}

interface Found {
  readonly container: Container | null;
  readonly blockers: readonly Notice[];
}

async function findContainer(fields: PlexFields, { host }: PlanContext): Promise<Found> {
  // A folder of this host that is copied as it is needs no container.
  if (fields.source !== null && fields.consistency === 'none') return { container: null, blockers: [] };
  const missing = await dockerMissing(host);
  if (missing.length > 0) return { container: null, blockers: missing };
  const name = fields.source_container;
  const inspected = await inspectContainer(host, name);
  if (inspected.state === 'failed') {
    return {
      container: null,
      blockers: [
        notice('docker_unreachable', phrase`Docker could not look at ${code(name)}: ${code(inspected.why)}.`),
      ],
    };
  }
  if (inspected.state === 'missing') return { container: null, blockers: [containerUnknown(name)] };
  const unfit = unsettled(inspected.value) ?? wouldVanish(inspected.value, fields.consistency);
  return { container: inspected.value, blockers: unfit ? [unfit] : [] };
}

export function containerUnknown(name: string): Notice {
  return notice('container_unknown', phrase`There is no container ${code(name)} on this host.`);
}

function unsettled({ name, status }: Container): Notice | null {
  if (status !== 'restarting' && status !== 'removing' && status !== 'dead') return null;
  return notice('container_unsettled', phrase`${code(name)} is ${status}, neither running nor stopped.`);
}

function wouldVanish(
  { name, autoRemove, status }: Container,
  consistency: PlexFields['consistency'],
): Notice | null {
  if (!autoRemove || status !== 'running' || consistency !== 'stop') return null;
  return notice(
    'container_autoremove',
    phrase`${code(name)} was made with ${code('--rm')}: stopping it would remove it.`,
  );
}

async function inContainer(
  path: string,
  fields: PlexFields,
  found: Found,
  ctx: PlanContext,
): Promise<PlexSource> {
  const { container, blockers } = found;
  const name = fields.source_container;
  const source = { container, label: `${name}:${path}`, read: copyCommand(name, path) };
  if (container === null) return { ...source, direct: null, onHost: null, size: null, blockers };
  const { measured, direct } = await look(path, fields, container, ctx);
  const onHost = await existingHostPath(ctx.host, container, path);
  const size = measured.state === 'measured' ? measured : null;
  const fault = faultOf(measured, source.label);
  return { ...source, direct, onHost, size, blockers: [...blockers, ...(fault ? [fault] : [])] };
}

/**
 * Without Docker only what is held while it is copied is read: files of a container that goes on change under tar,
 * and Docker would have to read all of it again.
 */
async function look(
  path: string,
  fields: PlexFields,
  container: Container,
  { host }: PlanContext,
): Promise<{ readonly measured: Measured; readonly direct: Direct | null }> {
  const proven = holdOf(fields, container) === 'none' ? null : await provenFolder(host, container, path);
  const counted = proven === null ? null : await measureOnHost(host, proven.path);
  if (proven === null || counted === null)
    return { measured: await measureInContainer(host, container, path), direct: null };
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

async function onHost(
  path: string,
  { container, blockers }: Found,
  { host }: PlanContext,
): Promise<PlexSource> {
  const opened = await openSource(host, path);
  const isFolder = opened.ok && opened.type === 'directory';
  const source = { container, label: path, read: packCommand(packed(path, isFolder), []), direct: null };
  if (!opened.ok) return { ...source, onHost: null, size: null, blockers: [...blockers, opened.notice] };
  const size = await measureOnHost(host, opened.real);
  const empty = size?.files === 0 ? [sourceEmpty(path)] : [];
  return { ...source, onHost: opened.real, size, blockers: [...blockers, ...empty] };
}
