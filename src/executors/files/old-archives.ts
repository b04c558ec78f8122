import { posix } from 'node:path';
import type { Artifact } from '../../core/model/artifact.js';
import type { RetentionFields } from '../../core/model/fields.js';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { Effect } from '../../core/model/plan.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { PlanContext } from '../../core/ports/executor.js';
import { formatCount } from '../../core/text/format.js';
import { someOf } from '../shared/wording.js';
import { type Deletion, MANIFEST_SUFFIX } from './data.js';
import { isArchiveName } from './names.js';
import { ageOf, type Doubt, retention } from './retention.js';

/** What happens to the archives that lie in the destination already. */
export interface OldArchives {
  readonly deletions: readonly Deletion[];
  /** By archive, how old it is. */
  readonly ages: ReadonlyMap<string, string>;
  readonly kept: number;
  /** Of the archives that are deleted. */
  readonly bytes: number;
  /** What people should know of those that stay. */
  readonly notices: readonly Notice[];
}

/**
 * Only archives that are on the disk now as the catalogue knows them may be deleted, and only those of the same origin.
 * @param prefix what the archives' names begin with
 * @param exists the destination is there
 */
export async function oldArchives(
  fields: RetentionFields & { readonly destination: string },
  prefix: string,
  ctx: PlanContext,
  exists: boolean,
): Promise<OldArchives> {
  const { destination, retention_days: days, min_keep: minKeep } = fields;
  const here = exists ? await namesIn(ctx, destination) : [];
  const catalogued = (await ctx.artifacts()).filter(({ kind }) => kind === 'archive');
  const names = await namesByFolder(catalogued, destination, here, ctx);
  const there = catalogued.filter(({ path }) => names.get(posix.dirname(path))?.has(posix.basename(path)));
  const whole = days === null ? new Set<Artifact>() : await unchanged(there, ctx);
  const { expired, kept, doubt } = retention(there, {
    ...{ days, minKeep, level: 'read', now: ctx.plannedAt },
    isThere: (artifact) => whole.has(artifact),
  });
  return {
    deletions: expired.map(({ path }) => {
      const manifest = path + MANIFEST_SUFFIX;
      return {
        archive: path,
        manifest: names.get(posix.dirname(path))?.has(posix.basename(manifest)) ? manifest : null,
      };
    }),
    ages: new Map(expired.map((artifact) => [artifact.path, ageOf(artifact, ctx.plannedAt)])),
    kept,
    bytes: expired.reduce((sum, { size }) => sum + size, 0),
    notices: [
      ...(doubt ? [retentionPaused(doubt)] : []),
      ...(await strangers(destination, prefix, here, there, ctx)),
    ],
  };
}

/** What deleting them does, in numbers; empty when there are none. */
export function deletionEffects(
  target: string,
  { deletions, kept, bytes }: Pick<OldArchives, 'deletions' | 'kept' | 'bytes'>,
): readonly Effect[] {
  if (deletions.length === 0) return [];
  const paths = deletions.flatMap((old) => (old.manifest ? [old.archive, old.manifest] : [old.archive]));
  const of = Math.round((paths.length * (deletions.length + kept)) / deletions.length);
  return [{ kind: 'delete', target, paths, bytes, of }];
}

/** Parameters may put archives of one origin into several folders. */
async function namesByFolder(
  catalogued: readonly Artifact[],
  destination: string,
  here: readonly string[],
  ctx: PlanContext,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const names = new Map([[destination, new Set(here)]]);
  for (const folder of new Set(catalogued.map(({ path }) => posix.dirname(path)))) {
    if (!names.has(folder)) names.set(folder, new Set(await namesIn(ctx, folder)));
  }
  return names;
}

/** Those that are as long as they were: one that was cut off or overwritten is no archive to fall back on. */
async function unchanged(
  archives: readonly Artifact[],
  { host }: PlanContext,
): Promise<ReadonlySet<Artifact>> {
  const found = new Set<Artifact>();
  for (const artifact of archives) {
    const stat = await host.stat(artifact.path);
    if (stat?.type === 'file' && stat.size === artifact.size) found.add(artifact);
  }
  return found;
}

/** Empty when the folder can't be listed, which the destination's own check has said already. */
async function namesIn({ host }: PlanContext, folder: string): Promise<readonly string[]> {
  return (await host.access(folder, 'read')) && (await host.stat(`${folder}/.`)) ? host.list(folder) : [];
}

/** Archives in the destination that this origin's retention does not count. */
async function strangers(
  destination: string,
  prefix: string,
  names: readonly string[],
  own: readonly Artifact[],
  ctx: PlanContext,
): Promise<readonly Notice[]> {
  const known = new Set(own.map(({ path }) => posix.basename(path)));
  const others = names.filter((name) => isArchiveName(prefix, name) && !known.has(name));
  if (others.length === 0) return [];
  const owners = new Map(
    (await ctx.neighbours(destination)).map(({ path, intent }) => [posix.basename(path), intent]),
  );
  const unknown = others.filter((name) => !owners.has(name));
  const intents = new Set(others.flatMap((name) => owners.get(name) ?? []));
  intents.delete(ctx.intent);
  const theirs = others.length - unknown.length;
  return [
    ...(unknown.length > 0 ? [unknownArchives(destination, unknown)] : []),
    ...(theirs > 0 && intents.size > 0 ? [othersArchives(destination, theirs, [...intents])] : []),
  ];
}

function unknownArchives(destination: string, names: readonly string[]): Notice {
  const holds = names.length === 1 ? 'an archive' : `${names.length} archives`;
  return notice(
    'archives_unknown',
    phrase`${code(destination)} holds ${holds} that the catalogue does not know: ${someOf(names)}. Never deleted.`,
    phrase`Take them into the catalogue with ${code(`chatops artifacts adopt ${destination}`)}.`,
  );
}

function othersArchives(destination: string, count: number, intents: readonly string[]): Notice {
  const whose = intents.length === 1 ? 'another intent' : 'other intents';
  return notice(
    'archives_of_others',
    phrase`${code(destination)} holds ${formatCount(count, 'archive')} of ${whose} too: ${someOf(intents)}. Left alone.`,
  );
}

/** Why no archive, or fewer archives than their dates say, are deleted. */
export function retentionPaused(doubt: Doubt, what: 'archive' | 'snapshot' = 'archive'): Notice {
  return notice('retention_paused', ...because(doubt, what));
}

function because(doubt: Doubt, what: string): [message: Phrase, remedy: Phrase] {
  if (doubt.what === 'future') {
    return [
      phrase`No old ${what} is deleted: one is dated in the future (${dayOf(doubt.at)}), so a clock was wrong.`,
      phrase`Check this host’s clock. If it is right, move the ${what}s with the wrong date to another folder.`,
    ];
  }
  const { from, to, count } = doubt;
  const stay = count === 1 ? `1 old ${what} stays` : `${count} old ${what}s stay`;
  return [
    phrase`${stay}: nothing was made between ${dayOf(from)} and ${dayOf(to)}, far longer than usual, so a clock may have been wrong.`,
    phrase`Check this host’s clock. After a long pause there is nothing to do: they are deleted later.`,
  ];
}

function dayOf(iso: string): string {
  return iso.slice(0, 10);
}
