import { posix } from 'node:path';
import type { Artifact } from '../../core/model/artifact.js';
import type { FilesFields } from '../../core/model/fields.js';
import type { Notice } from '../../core/model/reasons.js';
import type { PlanContext } from '../../core/ports/executor.js';
import type { Host } from '../../core/ports/host.js';
import { type Deletion, MANIFEST_SUFFIX } from '../files/data.js';
import { retentionPaused } from '../files/old-archives.js';
import { ageOf, type Retention, type RetentionRules, retention } from '../files/retention.js';
import { countTrees } from './count.js';
import { strangers } from './strangers.js';

/** What is there of earlier snapshots, and what happens to them. */
export interface OldSnapshots {
  /** The newest one that is intact and can be linked to; null: there is none. */
  readonly base: string | null;
  readonly deletions: readonly Deletion[];
  /** By path, how old it is. */
  readonly ages: ReadonlyMap<string, string>;
  readonly kept: number;
  /** What deleting them gives free, which is only what no other snapshot has; null: it could not be counted. */
  readonly bytes: number | null;
  /** What people should know of those that stay. */
  readonly notices: readonly Notice[];
}

/**
 * Only snapshots that are on the disk now as the catalogue knows them may be deleted, and only those of the same origin.
 * Each is walked to tell, so only those are that the answer depends on.
 */
export async function oldSnapshots(
  fields: Pick<FilesFields, 'destination' | 'retention_days' | 'min_keep'>,
  ctx: PlanContext,
  exists: boolean,
): Promise<OldSnapshots> {
  const { destination, retention_days: days, min_keep: minKeep } = fields;
  const { host } = ctx;
  const catalogued = (await ctx.artifacts()).filter(({ kind }) => kind === 'snapshot');
  const there = await foldersAmong(catalogued, host);
  const intact = intactTest(host);
  const base = await newestIntact(
    there.filter(({ path }) => posix.dirname(path) === destination),
    intact,
  );
  const rules = { days, minKeep, level: 'listed', now: ctx.plannedAt } as const;
  const { expired, kept, doubt } = await expiredAmong(there, rules, intact);
  const freed = await countTrees(
    host,
    expired.map(({ path }) => path),
  );
  return {
    base: base?.path ?? null,
    deletions: await Promise.all(expired.map(({ path }) => deletionOf(path, host))),
    ages: new Map(expired.map((artifact) => [artifact.path, ageOf(artifact, ctx.plannedAt)])),
    kept,
    bytes: freed?.own.bytes ?? null,
    notices: [
      ...(doubt ? [retentionPaused(doubt, 'snapshot')] : []),
      ...(exists ? await strangers(destination, there, ctx) : []),
    ],
  };
}

type IsIntact = (artifact: Artifact) => Promise<boolean>;

/** Holds it as many files and bytes as when it was checked? Each is walked once. */
function intactTest(host: Host): IsIntact {
  const known = new Map<string, Promise<boolean>>();
  const walk = async ({ path, files, size }: Artifact): Promise<boolean> => {
    const counted = await countTrees(host, [path]);
    return counted !== null && counted.files === files && counted.bytes === size;
  };
  return (artifact) => {
    const found = known.get(artifact.path) ?? walk(artifact);
    known.set(artifact.path, found);
    return found;
  };
}

async function foldersAmong(snapshots: readonly Artifact[], host: Host): Promise<readonly Artifact[]> {
  const found: Artifact[] = [];
  for (const snapshot of snapshots) {
    if ((await host.stat(snapshot.path))?.type === 'directory') found.push(snapshot);
  }
  return found;
}

/** What reached no level may still be linked to: rsync compares each file. */
async function newestIntact(snapshots: readonly Artifact[], intact: IsIntact): Promise<Artifact | null> {
  for (const snapshot of newestFirst(snapshots)) if (await intact(snapshot)) return snapshot;
  return null;
}

/** By their dates first; then the newest that have to stay are looked at, and those that would go. */
async function expiredAmong(
  there: readonly Artifact[],
  rules: RetentionRules,
  intact: IsIntact,
): Promise<Retention> {
  const byDate = retention(there, rules);
  if (byDate.expired.length === 0) return byDate;
  const broken = new Set<Artifact>();
  let good = 0;
  for (const snapshot of newestFirst(there)) {
    if (good >= Math.max(1, rules.minKeep) && !byDate.expired.includes(snapshot)) continue;
    if (!(await intact(snapshot))) broken.add(snapshot);
    else if (snapshot.verified !== 'none') good += 1;
  }
  return retention(there, { ...rules, isThere: (artifact) => !broken.has(artifact) });
}

function newestFirst(snapshots: readonly Artifact[]): readonly Artifact[] {
  return [...snapshots].sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
}

async function deletionOf(path: string, host: Host): Promise<Deletion> {
  const manifest = path + MANIFEST_SUFFIX;
  return { archive: path, manifest: (await host.stat(manifest)) === null ? null : manifest };
}
