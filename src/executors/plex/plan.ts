import { posix } from 'node:path';
import type { PlexFields } from '../../core/model/fields.js';
import { code, phrase } from '../../core/model/phrase.js';
import { INSTANCES, type Json, type PlanDraft } from '../../core/model/plan.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { PlanContext } from '../../core/ports/executor.js';
import type { Host } from '../../core/ports/host.js';
import type { Container } from '../docker/container.js';
import { ownId } from '../docker/ground.js';
import { type Compressor, readCommands } from '../files/commands.js';
import { archiveName } from '../files/names.js';
import { oldArchives } from '../files/old-archives.js';
import { openToolbox } from '../files/toolbox.js';
import { liveData } from '../quiesce/live.js';
import { type Planned, planQuiesce } from '../quiesce/plan.js';
import type { QuiesceTimes } from '../quiesce/times.js';
import { usersOf } from '../quiesce/users.js';
import { checkOverlap, inspectDestination } from '../shared/destination.js';
import { rememberedNumber } from '../shared/memory.js';
import { checkSpace, type Need } from '../shared/space.js';
import { versionOf } from '../shared/tools.js';
import { someOf } from '../shared/wording.js';
import { PLEX_WAY_OUT, type PlexData, PREFIX } from './data.js';
import { scratch } from './scratch.js';
import { lookAtSource, type PlexSource } from './source.js';
import { effects, steps } from './steps.js';
import { lookAtTarget } from './target.js';

/** Looks at the container, the databases, the destination and the tools; changes nothing. */
export async function planPlex(
  times: QuiesceTimes,
  fields: PlexFields,
  ctx: PlanContext,
): Promise<PlanDraft<PlexData>> {
  const { host } = ctx;
  const toolbox = await openToolbox(host, fields);
  const source = await lookAtSource(fields, ctx);
  const target = await lookAtTarget(fields, host, source.around?.running.containers ?? []);
  const destination = target.folder;
  const place = await inspectDestination(host, destination, fields.require_mount);
  const overlap =
    source.onHost === null ? null : await checkOverlap(host, source.label, source.onHost, destination);
  const before = await ctx.remembered();
  const size = sizeOf(source, before);
  const need = neededBytes(size, before);
  const space = checkSpace(destination, await host.free(place.nearest), need);
  const old = await oldArchives({ ...fields, destination }, PREFIX, ctx, place.exists);
  const sqlite = await versionOf(host, 'sqlite3', '-version');

  const archive = posix.join(destination, archiveName(PREFIX, ctx.plannedAt, fields.compress, ctx.label));
  const held = await planHold(times, fields, source, host);
  const live = await liveOf(fields, source, host);
  const data: PlexData = {
    source: source.label,
    destination,
    archive,
    partial: `${archive}.partial`,
    createsFolder: !place.exists,
    exclude: [],
    ...{ real: null, streamFrom: 0 },
    pack: [source.read, ...(toolbox.compressor ? [toolbox.compressor.pack] : [])],
    read: readCommands(`${archive}.partial`, toolbox.compressor),
    ...size,
    streamBytes: 0,
    neededBytes: 'bytes' in need ? need.bytes : need.atMost,
    mounts: source.mounts,
    tools: { ...toolbox.versions, ...(sqlite === null ? {} : { sqlite3: sqlite }) },
    deletions: old.deletions,
    kept: old.kept + 1,
    container: fields.source_container,
    quiesce: held?.quiesce ?? null,
    live: live.map(({ name }) => name),
    direct: source.direct,
    expectedSize: 'bytes' in need ? need.bytes : null,
    sqlite: sqlite === null ? null : ['sqlite3', '-batch', '-init', '/dev/null'],
    extract: extractCommand(`${archive}.partial`, toolbox.compressor),
  };
  const told = {
    container: source.container,
    containers: held?.containers ?? [],
    at: ctx.plannedAt,
    lastDownMs: rememberedNumber(before, 'downMs'),
    ages: old.ages,
  };
  return {
    steps: steps(data, told),
    effects: effects(data, old),
    touches: [`stack:${ctx.stack}`, `path:${destination}`, ...containersTouched(data)],
    warnings: [
      ...source.warnings,
      ...(held?.warnings ?? []),
      ...(live.length > 0 ? [liveData(data.live, PLEX_WAY_OUT)] : []),
      ...(source.leftOut.length > 0 ? [leftOut(fields.source_container, source.leftOut)] : []),
      ...(space?.code === 'destination_low' ? [space] : []),
      ...old.notices,
    ],
    blockers: [
      ...toolbox.blockers,
      ...source.blockers,
      ...(held?.blockers ?? []),
      ...target.blockers,
      ...(target.blockers.length > 0 ? [] : place.blockers),
      ...(overlap ? [overlap] : []),
      ...(space?.code === 'destination_full' ? [space] : []),
    ],
    targets: {
      archive,
      // Docker may read what is read here: that is no other plan.
      mounts: source.direct === null ? (source.mounts?.points ?? null) : null,
      [INSTANCES]: {
        container: source.container?.id ?? null,
        status: source.container?.status ?? null,
        held: held?.quiesce.containers.map(({ id }) => id) ?? [],
        still: held?.quiesce.still.map(({ id }) => id) ?? [],
      },
    },
    data,
  };
}

interface Size {
  readonly files: number;
  readonly bytes: number;
  readonly measured: boolean;
}

/** Measured when that is possible without reading everything; else what the last run saw, or nothing. */
function sizeOf({ size }: PlexSource, before: Json): Size {
  if (size !== null) return { files: size.files, bytes: size.bytes, measured: true };
  const [files, bytes] = [rememberedNumber(before, 'files'), rememberedNumber(before, 'bytes')];
  return { files: files ?? 0, bytes: bytes ?? 0, measured: false };
}

/** From the last archive's ratio; before the first one only the upper bound. */
function neededBytes({ bytes }: Size, before: Json): Need {
  const [lastBytes, lastSize] = [rememberedNumber(before, 'bytes'), rememberedNumber(before, 'size')];
  if (!lastBytes || lastSize === null) return { atMost: bytes };
  return { bytes: Math.ceil((bytes * lastSize) / lastBytes) };
}

/** Null when nothing is to be held, or what there is can't be told. */
async function planHold(
  { stopSeconds }: QuiesceTimes,
  { consistency: hold }: PlexFields,
  { container, around }: PlexSource,
  host: Host,
): Promise<Planned | null> {
  if (hold === 'none' || container === null || around === null) return null;
  return planQuiesce(host, { hold, stopSeconds, named: [container], ...around });
}

/** Running containers that may write to the databases and are not held. */
async function liveOf(
  { consistency }: PlexFields,
  { container, around }: PlexSource,
  host: Host,
): Promise<readonly Container[]> {
  if (consistency !== 'none' || around === null) return [];
  const users = (await usersOf(host, around.running, around.places)).map((user) => user.container);
  const own = users.filter(({ id }) => id !== ownId(around.ground) && id !== container?.id);
  return [...(container ? [container] : []), ...own].filter(({ status }) => status === 'running');
}

function containersTouched({ container, quiesce }: PlexData): readonly string[] {
  const names = [container, ...(quiesce?.containers ?? []).map(({ name }) => name)];
  return [...new Set(names)].map((name) => `container:${name}`);
}

function leftOut(container: string, folders: readonly string[]): Notice {
  return notice(
    'live_data',
    phrase`${someOf(folders)} in ${code(container)} is in memory (tmpfs) and is not copied.`,
    phrase`Nothing, if it can be lost; else mount a volume there.`,
  );
}

function extractCommand(partial: string, compressor: Compressor | null): string[] {
  const unpack = compressor ? [`--use-compress-program=${compressor.unpack}`] : [];
  const names = ['--no-wildcards', '--files-from=-'];
  // Names are looked for in the folder that is named before them.
  const folder = `--directory=${scratch({ partial })}`;
  return ['tar', '--extract', '--no-same-owner', ...unpack, `--file=${partial}`, folder, ...names];
}
