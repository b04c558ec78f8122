import type { DockerVolumesFields } from '../../core/model/fields.js';
import { code, phrase } from '../../core/model/phrase.js';
import type { Json, PlanDraft } from '../../core/model/plan.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { PlanContext } from '../../core/ports/executor.js';
import { formatCount } from '../../core/text/format.js';
import { NOT_HELD } from '../quiesce/data.js';
import { checkOverlap, inspectDestination } from '../shared/destination.js';
import { rememberedNumber } from '../shared/memory.js';
import { checkShrunk, openSource, sourceEmpty } from '../shared/source.js';
import {
  compareMounts,
  type MountQuestion,
  type SourceMounts,
  sourceMounts,
} from '../shared/source-mounts.js';
import { checkSpace } from '../shared/space.js';
import type { Abilities } from './abilities.js';
import { type BothSides, bothSides } from './both-sides.js';
import { commandsOf } from './commands-of.js';
import type { MirrorData } from './data.js';
import { type DestinationLimits, destinationLimits } from './destination-limits.js';
import { dryRun } from './dry-run.js';
import { type Excluded, idleNotices, NOTHING_EXCLUDED } from './exclude-words.js';
import { MAKE_ROOM } from './exit-codes.js';
import { neededBytes } from './holes.js';
import { type Listing, listingReader } from './listing.js';
import { askOtherSide, checkRemoteParent } from './other-side.js';
import { ownUid } from './owners.js';
import { sortDeletions } from './parts.js';
import { placeKind, touchOf } from './place.js';
import { preflight } from './preflight.js';
import { probeCommands } from './probe-commands.js';
import { checkReplaced, type Impact, impactOf, NO_IMPACT, newerNotice } from './replaced.js';
import { effects, steps } from './steps.js';

const NO_DELETIONS = { inTheWay: [], replaced: [], deletions: [] } as const;

/** What one look at the world found. */
interface Findings {
  readonly listing: Listing;
  readonly impact: Impact;
  readonly excluded: Excluded;
  /** Bytes of space. */
  readonly needed: number;
  readonly blockers: readonly Notice[];
  readonly warnings: readonly Notice[];
  readonly mounts: SourceMounts | null;
  readonly real: string | null;
  /** What both rsyncs can do. */
  readonly both: BothSides | null;
  readonly isTold: boolean;
}

/** Looks at source, destination and tools, and asks rsync for its dry run; changes nothing. */
export async function planMirror(
  asked: DockerVolumesFields,
  ctx: PlanContext,
): Promise<PlanDraft<MirrorData>> {
  const found = await look(asked, ctx);
  const { listing } = found;
  const { fields, ...usable } = found.both ?? { fields: asked, fsync: false, info: true };
  const blocked = found.blockers.length > 0;
  // A plan that can't be confirmed needs no working data, and the list may be very long.
  const parts = blocked ? NO_DELETIONS : { ...sortDeletions(listing), replaced: found.impact.replaced };
  const { files, totalBytes, transfers, transferBytes, created } = listing;
  const data: MirrorData = {
    source: fields.source,
    destination: fields.destination,
    passwordSecret: fields.password_secret,
    ...parts,
    ...commandsOf(fields, parts, usable),
    ...{ files, totalBytes, transfers, transferBytes, created },
    neededBytes: found.needed,
    newer: found.impact.newer.length,
    probe: found.isTold || blocked ? null : probeCommands(fields, ctx.intent, ctx.plannedAt),
    mounts: found.mounts,
    ...NOT_HELD,
  };
  return {
    steps: steps(data, found.excluded),
    effects: effects(data, listing),
    touches: [`stack:${ctx.stack}`, touchOf(fields.destination)],
    warnings: found.warnings,
    blockers: found.blockers,
    targets: { source: found.real, mounts: found.mounts?.points ?? null },
    data,
  };
}

async function look(fields: DockerVolumesFields, ctx: PlanContext): Promise<Findings> {
  const { host } = ctx;
  const blockers: Notice[] = [];
  const warnings: Notice[] = [];
  const block = (notice: Notice | null): void => void (notice && blockers.push(notice));
  const before = await ctx.remembered();
  const isLocal = placeKind(fields.destination) === 'local';

  const tools = await preflight(fields, ctx);
  tools.blockers.forEach(block);
  const place = isLocal ? await inspectDestination(host, fields.destination, fields.require_mount) : null;
  place?.blockers.forEach(block);
  const source = await openSource(host, fields.source);
  if (!source.ok) block(source.notice);
  else if (source.type !== 'directory') {
    block(notice('source_missing', phrase`${code(fields.source)} is not a folder.`));
  } else if (isLocal) {
    block(await checkOverlap(host, fields.source, source.real, fields.destination));
  }
  const real = source.ok ? source.real : null;
  const question = mountQuestion(fields);
  const mounts = real === null ? null : await sourceMounts(host, real, question);
  const mounted = compareMounts(question, mounts, before);
  block(mounted.blocker);
  if (mounted.warning) warnings.push(mounted.warning);

  const both = blockers.length === 0 ? await lookAtBoth(fields, tools.here, ctx, block) : null;
  both?.warnings.forEach((warning) => void warnings.push(warning));
  let { listing } = listingReader();
  let impact: Impact = NO_IMPACT;
  let limits: DestinationLimits | null = null;
  let excluded = NOTHING_EXCLUDED;
  let needed = 0;
  if (real !== null && both !== null && blockers.length === 0) {
    limits = await destinationLimits(both.fields, real, { ...both, nearest: place?.nearest ?? null }, host);
    const asked = await dryRun(limits, real, both.info, ctx);
    if (!asked.ok) block(asked.notice);
    else {
      listing = asked.listing;
      limits.blockers().forEach(block);
      warnings.push(...limits.warnings(listing.files, before));
      if (listing.isNew && !isLocal) block(await checkRemoteParent(both.fields, ctx));
      block(checkListing(fields, listing, before));
      impact = await impactOf(limits.fields, asked, both, host);
      block(checkReplaced(fields, impact));
      block(checkLimit(fields, listing.deletions.length + impact.replaced.length));
      excluded = asked.excluded;
      needed = await neededBytes(both.fields, listing, real, host);
      warnings.push(...idleNotices(fields.source, excluded));
      const newer = newerNotice(fields, impact);
      if (newer) warnings.push(newer);
    }
  }
  const space = place
    ? checkSpace(fields.destination, await host.free(place.nearest), { bytes: needed }, MAKE_ROOM)
    : unknownSpace(fields.destination);
  if (space) (space.code === 'destination_full' ? blockers : warnings).push(space);
  const usable = both && { ...both, fields: limits?.fields ?? both.fields };
  const isTold = limits?.isTold ?? true;
  return { listing, impact, excluded, needed, blockers, warnings, mounts, real, isTold, both: usable };
}

function mountQuestion({
  source,
  exclude,
  options,
  source_mounts: wanted,
}: DockerVolumesFields): MountQuestion {
  const staysOnOne = options.some((option) => option === '--one-file-system' || /^-[a-zA-Z]*x/.test(option));
  return { source, exclude, staysOnOne, wanted };
}

/** What both rsyncs can do; null when the other side does not let us in. */
async function lookAtBoth(
  fields: DockerVolumesFields,
  here: Abilities,
  ctx: PlanContext,
  block: (notice: Notice) => void,
): Promise<(BothSides & { readonly uid: number | null; readonly isTold: boolean }) | null> {
  const asked = placeKind(fields.destination) === 'local' ? null : await askOtherSide(fields, ctx);
  if (asked?.ok === false) {
    block(asked.notice);
    return null;
  }
  const both = bothSides(fields, here, asked?.there ?? null);
  both.blockers.forEach(block);
  if (asked === null) return { ...both, uid: await ownUid(ctx.host), isTold: false };
  return { ...both, uid: asked.uid, isTold: asked.isTold };
}

function checkListing(fields: DockerVolumesFields, { files }: Listing, before: Json): Notice | null {
  if (files === 0) return sourceEmpty(fields.source);
  return checkShrunk(fields.source, files, rememberedNumber(before, 'files'), fields.min_files);
}

function checkLimit(fields: DockerVolumesFields, deletions: number): Notice | null {
  const { destination, max_delete: limit } = fields;
  if (deletions <= limit) return null;
  const would = formatCount(deletions, 'file or folder', 'files and folders');
  return notice(
    'delete_limit',
    phrase`${would} would be deleted at ${code(destination)}, and the limit is ${limit}.`,
    phrase`Check the source. If this is right, set ${code(`max_delete: ${deletions}`)} in the intent.`,
  );
}

function unknownSpace(destination: string): Notice {
  return notice(
    'destination_low',
    phrase`How much space is free at ${code(destination)} can’t be checked from here.`,
    phrase`Look there before a large copy.`,
  );
}
