import type { FilesFields } from '../../core/model/fields.js';
import type { Notice } from '../../core/model/reasons.js';
import type { PlanContext } from '../../core/ports/executor.js';
import { bothSides } from '../docker-volumes/both-sides.js';
import { destinationLimits } from '../docker-volumes/destination-limits.js';
import { dryRun } from '../docker-volumes/dry-run.js';
import { type Excluded, idleNotices, NOTHING_EXCLUDED } from '../docker-volumes/exclude-words.js';
import { neededBytes } from '../docker-volumes/holes.js';
import { itemIn } from '../docker-volumes/listing.js';
import { ownUid } from '../docker-volumes/owners.js';
import type { Preflight } from '../docker-volumes/preflight.js';
import { rememberedNumber } from '../shared/memory.js';
import { checkShrunk, sourceEmpty } from '../shared/source.js';
import { mirrorFields } from './commands.js';

/** What a snapshot would hold, and what of it is new. Folders are not counted; sizes are bytes. */
export interface Measured {
  readonly files: number;
  readonly bytes: number;
  /** Files that the earlier snapshot lacks, or has with other contents or attributes. */
  readonly copied: number;
  readonly copiedBytes: number;
  /** Of these, what it has nothing of. */
  readonly created: number;
  readonly neededBytes: number;
  readonly excluded: Excluded;
  /** rsync's options that this destination needs. */
  readonly options: readonly string[];
  readonly blockers: readonly Notice[];
  readonly warnings: readonly Notice[];
}

export const NOT_MEASURED: Measured = {
  ...{ files: 0, bytes: 0, copied: 0, copiedBytes: 0, created: 0, neededBytes: 0 },
  ...{ excluded: NOTHING_EXCLUDED, options: [], blockers: [], warnings: [] },
};

/**
 * Compares the source with the earlier snapshot by rsync's dry run; one to a new folder with --link-dest fails over
 * attributes (rsync 3.5), and says nothing else.
 * @param against the earlier snapshot, or the new folder where there is none
 */
export async function measure(
  fields: FilesFields,
  real: string,
  { here, nearest, against }: { here: Preflight['here']; nearest: string; against: string },
  ctx: PlanContext,
): Promise<Measured> {
  const { host } = ctx;
  const both = bothSides(mirrorFields(fields, fields.destination), here, null);
  const place = { nearest, uid: await ownUid(host), info: both.info, isTold: false };
  const limits = await destinationLimits(both.fields, real, place, host);
  const changed = attributeChanges();
  const compared = {
    ...limits,
    fields: { ...limits.fields, destination: against },
    onLine: (line: string) => {
      limits.onLine(line);
      changed.onLine(line);
    },
  };
  const asked = await dryRun(compared, real, both.info, ctx);
  if (!asked.ok) return { ...NOT_MEASURED, blockers: [...both.blockers, asked.notice] };
  const { listing, excluded } = asked;
  const before = await ctx.remembered();
  const few =
    listing.files === 0
      ? sourceEmpty(fields.source)
      : checkShrunk(fields.source, listing.files, rememberedNumber(before, 'files'), fields.min_files);
  return {
    ...{ files: listing.files, bytes: listing.totalBytes, created: listing.created, excluded },
    copied: listing.transfers + changed.found.files,
    copiedBytes: listing.transferBytes + changed.found.bytes,
    neededBytes: (await neededBytes(limits.fields, listing, real, host)) + changed.found.bytes,
    options: limits.fields.options,
    blockers: [...both.blockers, ...limits.blockers(), ...(few ? [few] : [])],
    warnings: [
      ...both.warnings,
      ...limits.warnings(listing.files, before),
      ...idleNotices(fields.source, excluded),
    ],
  };
}

/** Files whose owner, mode, times or other attributes alone are others: no link can have both, so they are copied. */
function attributeChanges() {
  const found = { files: 0, bytes: 0 };
  return {
    found,
    onLine: (line: string): void => {
      const item = itemIn(line);
      if (item === null || item.fate !== 'kept' || item.type === 'd' || !/[^. ]/.test(item.flags)) return;
      found.files += 1;
      if (item.type === 'f') found.bytes += item.size;
    },
  };
}
