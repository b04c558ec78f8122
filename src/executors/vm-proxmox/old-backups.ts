import type { VmProxmoxFields } from '../../core/model/fields.js';
import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { PlanContext } from '../../core/ports/executor.js';
import { retentionPaused } from '../files/old-archives.js';
import { ageOf, retention } from '../files/retention.js';
import { someOf } from '../shared/wording.js';
import type { Access } from './access.js';
import { type Place, pruneMarks } from './calls.js';
import type { Facts } from './facts.js';
import type { GuestParts } from './guest-config.js';
import type { Remembered } from './meanwhile.js';

/** Without anything that is deleted. */
export const NOTHING_OLD: OldBackups = {
  ...{ deletions: [], ages: new Map(), keepLast: 1, kept: 0, bytes: 0, warnings: [] },
};

/** What happens to the backups that are there already. */
export interface OldBackups {
  /** Volume ids, oldest first. */
  readonly deletions: readonly string[];
  /** By volume id, such as `33 days`. */
  readonly ages: ReadonlyMap<string, string>;
  readonly keepLast: number;
  /** How many of the catalogue stay, the new one not counted. */
  readonly kept: number;
  /** Of the backups that are deleted. */
  readonly bytes: number;
  readonly warnings: readonly Notice[];
}

/**
 * Deleted is only what the catalogue knows, what its retention gives up, and what Proxmox itself would give
 * up too if it kept only the newest few: it knows which ones are protected.
 */
export async function oldBackups(
  access: Access,
  fields: VmProxmoxFields,
  facts: Facts,
  ctx: PlanContext,
): Promise<OldBackups> {
  const sizes = new Map(facts.backups.map(({ volid, size }) => [volid, size]));
  const known = (await ctx.artifacts()).filter(({ path }) => sizes.has(path));
  const { expired, doubt } = retention(known, {
    days: fields.retention_days,
    minKeep: fields.min_keep,
    level: 'listed',
    now: ctx.plannedAt,
    isThere: ({ path, size }) => sizes.get(path) === size,
  });
  // The new backup is one of the `min_keep`.
  const keepLast = Math.max(1, fields.min_keep - 1);
  const place = { node: facts.guest.node, storage: fields.storage, vm_id: fields.vm_id };
  const removable = expired.length === 0 ? new Set() : await removableVolumes(access, place, keepLast);
  const given = expired.filter(({ path }) => removable.has(path));
  const unknown = facts.backups.filter(({ volid }) => !known.some(({ path }) => path === volid));
  return {
    deletions: given.map(({ path }) => path),
    ages: new Map(given.map((artifact) => [artifact.path, ageOf(artifact, ctx.plannedAt)])),
    keepLast,
    kept: known.length - given.length,
    bytes: given.reduce((sum, { size }) => sum + size, 0),
    warnings: [
      ...(doubt ? [retentionPaused(doubt)] : []),
      ...(unknown.length === 0
        ? []
        : [
            unknownBackups(
              fields.storage,
              unknown.map(({ volid }) => volid),
            ),
          ]),
    ],
  };
}

/** What the last backup held and the next one won't is only in the old ones: none of those is deleted then. */
export function withWholeKept(old: OldBackups, parts: GuestParts | null, last: Remembered): OldBackups {
  const gone = parts === null ? [] : last.included.filter((name) => !parts.included.includes(name));
  if (gone.length === 0) return old;
  const { deletions, kept } = old;
  const end = deletions.length === 0 ? phrase`.` : phrase`; no old backup is deleted.`;
  const lost = notice(
    'guest_left_out',
    phrase`In the last backup and not in the next one: ${someOf(gone)}${end}`,
    phrase`Switch Backup on for it in Proxmox if it is needed.`,
  );
  const stays = { deletions: [], ages: new Map<string, string>(), bytes: 0, kept: kept + deletions.length };
  return { ...old, ...stays, warnings: [lost, ...old.warnings] };
}

/** What Proxmox would remove if it kept the newest `keepLast`: nothing protected or renamed. */
export async function removableVolumes(
  access: Access,
  place: Place,
  keepLast: number,
): Promise<ReadonlySet<string>> {
  const marks = await pruneMarks(access, place, keepLast);
  return new Set(marks.filter(({ mark }) => mark === 'remove').map(({ volid }) => volid));
}

function unknownBackups(storage: string, volids: readonly string[]): Notice {
  const holds = volids.length === 1 ? 'a backup of it' : `${volids.length} backups of it`;
  return notice(
    'archives_unknown',
    phrase`${code(storage)} holds ${holds} that the catalogue does not know: ${someOf(volids)}. Never deleted.`,
    phrase`Remove them in Proxmox if they are not needed.`,
  );
}
