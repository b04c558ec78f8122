import { posix } from 'node:path';
import type { FilesFields } from '../../core/model/fields.js';
import { code, phrase } from '../../core/model/phrase.js';
import type { PlanDraft } from '../../core/model/plan.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { PlanContext } from '../../core/ports/executor.js';
import { preflight } from '../docker-volumes/preflight.js';
import { NOT_HELD } from '../quiesce/data.js';
import { checkOverlap, inspectDestination } from '../shared/destination.js';
import { openSource } from '../shared/source.js';
import { compareMounts, type MountQuestion, sourceMounts } from '../shared/source-mounts.js';
import { checkSpace } from '../shared/space.js';
import { mirrorFields, snapshotCommands } from './commands.js';
import type { SnapshotData } from './data.js';
import { checkLinks } from './links.js';
import { measure, NOT_MEASURED } from './measure.js';
import { partialOf, snapshotName } from './names.js';
import { oldSnapshots } from './old-snapshots.js';
import { effects, steps } from './steps.js';

/** Looks at source, destination and the earlier snapshots; changes nothing. Numbers come from rsync's own dry run. */
export async function planSnapshot(fields: FilesFields, ctx: PlanContext): Promise<PlanDraft<SnapshotData>> {
  const { host } = ctx;
  const { source: from, destination, exclude, source_mounts: wanted } = fields;
  const blockers: Notice[] = [];
  const warnings: Notice[] = [];
  const block = (found: Notice | null): void => void (found && blockers.push(found));

  const tools = await preflight(mirrorFields(fields, destination), ctx);
  tools.blockers.forEach(block);
  const place = await inspectDestination(host, destination, fields.require_mount);
  place.blockers.forEach(block);
  if (place.blockers.length === 0) block(await checkLinks(host, destination, place.nearest));
  const source = await openSource(host, from);
  if (!source.ok) block(source.notice);
  else if (source.type !== 'directory') block(notAFolder(from));
  else block(await checkOverlap(host, from, source.real, destination));
  const real = source.ok ? source.real : null;

  const old = await oldSnapshots(fields, ctx, place.exists);
  warnings.push(...old.notices);
  const snapshot = posix.join(destination, snapshotName(ctx.plannedAt, ctx.label));
  const partial = partialOf(snapshot);
  const asked = { here: tools.here, nearest: place.nearest, against: old.base ?? partial };
  const canAsk = real !== null && blockers.length === 0;
  const size = canAsk ? await measure(fields, real, asked, ctx) : NOT_MEASURED;
  blockers.push(...size.blockers);
  warnings.push(...size.warnings);
  const question: MountQuestion = { source: from, exclude, staysOnOne: false, wanted };
  const mounts = real === null ? null : await sourceMounts(host, real, question);
  const mounted = compareMounts(question, mounts, await ctx.remembered());
  if (mounted.blocker) blockers.unshift(mounted.blocker);
  if (mounted.warning) warnings.push(mounted.warning);
  const space = checkSpace(destination, await host.free(place.nearest), { bytes: size.neededBytes });
  if (space) (space.code === 'destination_full' ? blockers : warnings).push(space);

  const asMirror = { ...mirrorFields(fields, destination), options: size.options };
  const data: SnapshotData = {
    ...{ shape: 'snapshot', destination, snapshot, partial, base: old.base },
    mirror: {
      ...{ source: from, destination: snapshot, passwordSecret: null },
      ...{ inTheWay: [], deletions: [], replaced: [] },
      ...snapshotCommands(asMirror, partial, old.base),
      ...{ files: size.files, totalBytes: size.bytes, created: size.created, newer: 0 },
      ...{ transfers: size.copied, transferBytes: size.copiedBytes, neededBytes: size.neededBytes },
      mounts,
      // A snapshot goes to a new folder: nothing there can be replaced.
      probe: null,
      ...NOT_HELD,
    },
    linked: Math.max(0, size.files - size.copied),
    createsFolder: !place.exists,
    exclude,
    neededBytes: size.neededBytes,
    tools: { rsync: tools.here.name },
    deletions: old.deletions,
    kept: old.kept + 1,
    ...NOT_HELD,
  };
  return {
    steps: steps(data, size.excluded, old),
    effects: effects(data, old),
    touches: [`stack:${ctx.stack}`, `path:${destination}`],
    warnings,
    blockers,
    targets: { snapshot, base: old.base, source: real, mounts: mounts?.points ?? null },
    data,
  };
}

function notAFolder(source: string): Notice {
  return notice(
    'source_missing',
    phrase`${code(source)} is not a folder, and snapshots are of folders.`,
    phrase`Write the folder that it is in as ${code('source')}, or remove ${code('link_dest')} for an archive.`,
  );
}
