import { posix } from 'node:path';
import type { FilesFields } from '../../core/model/fields.js';
import { code, phrase } from '../../core/model/phrase.js';
import type { Effect, Json, PlanDraft } from '../../core/model/plan.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { PlanContext } from '../../core/ports/executor.js';
import { formatCount } from '../../core/text/format.js';
import { NOT_HELD } from '../quiesce/data.js';
import { checkOverlap, inspectDestination } from '../shared/destination.js';
import { rememberedNumber } from '../shared/memory.js';
import { checkShrunk, openSource, sourceEmpty } from '../shared/source.js';
import { compareMounts, type MountQuestion, sourceMounts } from '../shared/source-mounts.js';
import { checkSpace, type Need } from '../shared/space.js';
import { someOf } from '../shared/wording.js';
import { packCommands, readCommands } from './commands.js';
import type { FilesData } from './data.js';
import { type Measured, measure } from './measure.js';
import { archiveName } from './names.js';
import { deletionEffects, type OldArchives, oldArchives } from './old-archives.js';
import { steps } from './steps.js';
import { openToolbox } from './toolbox.js';

/** Looks at source, destination and tools; changes nothing. Numbers come from tar's own dry run. */
export async function planFiles(fields: FilesFields, ctx: PlanContext): Promise<PlanDraft<FilesData>> {
  const { host } = ctx;
  const blockers: Notice[] = [];
  const warnings: Notice[] = [];
  const block = (found: Notice | null): void => void (found && blockers.push(found));

  const toolbox = await openToolbox(host, fields);
  toolbox.blockers.forEach(block);
  const place = await inspectDestination(host, fields.destination, fields.require_mount);
  place.blockers.forEach(block);
  const before = await ctx.remembered();

  const source = await openSource(host, fields.source);
  if (!source.ok) block(source.notice);
  const isFolder = source.ok && source.type === 'directory';
  if (isFolder) block(await checkOverlap(host, fields.source, source.real, fields.destination));
  let size: Measured = NOTHING;
  if (source.ok && toolbox.blockers.length === 0) {
    const measured = await measure(host, fields.source, source.real, fields.exclude);
    if (!measured.ok) block(measured.notice);
    else {
      size = measured;
      warnings.push(...withoutEffect(measured.withoutEffect));
      if (size.files === 0) block(sourceEmpty(fields.source));
      else if (size.regular === 0) block(withoutFiles(fields.source, size.files));
      else block(checkShrunk(fields.source, size.files, rememberedNumber(before, 'files'), fields.min_files));
    }
  }
  // After the walk, which may have mounted what is mounted by its use.
  const { exclude, source_mounts: wanted } = fields;
  const asked: MountQuestion = { source: fields.source, exclude, staysOnOne: false, wanted };
  const mounts = source.ok ? await sourceMounts(host, source.real, asked) : null;
  const mounted = compareMounts(asked, mounts, before);
  if (mounted.blocker) blockers.unshift(mounted.blocker);
  if (mounted.warning) warnings.push(mounted.warning);
  const need = neededBytes(fields, size, lastStream(before), rememberedNumber(before, 'size'));
  const space = checkSpace(fields.destination, await host.free(place.nearest), need);
  if (space) (space.code === 'destination_full' ? blockers : warnings).push(space);

  const old = await oldArchives(fields, ctx.intent, ctx, place.exists);
  warnings.push(...old.notices);

  const archive = posix.join(fields.destination, archiveName(prefixOf(ctx), ctx.plannedAt, fields.compress));
  const partial = `${archive}.partial`;
  const { compressor, versions } = toolbox;
  const packs = packCommands({ real: source.ok ? source.real : fields.source, isFolder }, fields.exclude);
  const data: FilesData = {
    source: fields.source,
    real: source.ok ? source.real : null,
    destination: fields.destination,
    archive,
    partial,
    createsFolder: !place.exists,
    exclude: fields.exclude,
    pack: [...packs, ...(compressor ? [compressor.pack] : [])],
    streamFrom: packs.length - 1,
    read: readCommands(partial, compressor),
    ...{ files: size.files, bytes: size.bytes, streamBytes: size.streamBytes },
    neededBytes: 'bytes' in need ? need.bytes : need.atMost,
    mounts,
    tools: versions,
    deletions: old.deletions,
    kept: old.kept + 1,
    ...NOT_HELD,
  };
  return {
    steps: steps(data, size, 'bytes' in need ? need.bytes : null, old.ages),
    effects: effects(data, old),
    touches: [`stack:${ctx.stack}`, `path:${fields.destination}`],
    warnings,
    blockers,
    targets: { archive, source: source.ok ? source.real : null, mounts: mounts?.points ?? null },
    data,
  };
}

/** Runs of before noted only the contents' bytes, of which a stream has a little more. */
function lastStream(before: Json): number | null {
  return rememberedNumber(before, 'streamBytes') ?? rememberedNumber(before, 'bytes');
}

const NOTHING: Measured = {
  ...{ files: 0, bytes: 0, regular: 0, storedBytes: 0, streamBytes: 0 },
  ...{ excluded: { files: 0, bytes: 0 }, withoutEffect: [] },
};

/** What parameters decide comes after the intent's name. */
function prefixOf({ intent, label }: PlanContext): string {
  return label === '' ? intent : `${intent}_${label}`;
}

/** Known without compression, else from the last archive's ratio; before the first one only its upper bound. */
function neededBytes(
  { compress }: FilesFields,
  { streamBytes }: Measured,
  lastStream: number | null,
  lastSize: number | null,
): Need {
  if (compress === 'none') return { bytes: streamBytes };
  if (!lastStream || lastSize === null) return { atMost: streamBytes };
  return { bytes: Math.ceil((streamBytes * lastSize) / lastStream) };
}

/** Symlinks, pipes and devices alone hold nothing that could be restored. */
function withoutFiles(source: string, files: number): Notice {
  const what = formatCount(files, 'entry', 'entries');
  return notice(
    'source_empty',
    phrase`${code(source)} holds no regular file, only ${what} without contents, such as symlinks.`,
  );
}

/** One warning for all patterns that leave nothing out. */
function withoutEffect(patterns: readonly string[]): readonly Notice[] {
  if (patterns.length === 0) return [];
  const what =
    patterns.length === 1 ? 'An exclude pattern matches' : `${patterns.length} exclude patterns match`;
  return [notice('exclude_without_effect', phrase`${what} nothing in the source: ${someOf(patterns)}.`)];
}

function effects({ archive, destination, bytes, files }: FilesData, old: OldArchives): readonly Effect[] {
  return [
    { kind: 'write', target: archive, bytes, files, estimate: false },
    ...deletionEffects(destination, old),
  ];
}
