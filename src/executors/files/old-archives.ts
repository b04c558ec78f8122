import { posix } from 'node:path';
import type { PlanContext } from '../../core/executor.js';
import type { RetentionFields } from '../../core/intent/fields.js';
import { code, phrase } from '../../core/phrase.js';
import type { Effect } from '../../core/plan.js';
import { type Notice, notice } from '../../core/reasons.js';
import { someOf } from '../shared/wording.js';
import { type Deletion, MANIFEST_SUFFIX } from './data.js';
import { isArchiveName } from './names.js';
import { ageOf, retention } from './retention.js';

/** What happens to the archives that lie in the destination already. */
export interface OldArchives {
  readonly deletions: readonly Deletion[];
  /** By archive, how old it is. */
  readonly ages: ReadonlyMap<string, string>;
  readonly kept: number;
  /** Of the archives that are deleted. */
  readonly bytes: number;
  /** Names that the catalogue does not know. */
  readonly unknown: readonly string[];
}

/**
 * Only archives that lie in the destination now and that the catalogue knows may be deleted.
 * @param prefix what the archives' names begin with
 * @param exists the destination is there
 */
export async function oldArchives(
  fields: RetentionFields & { readonly destination: string },
  prefix: string,
  ctx: PlanContext,
  exists: boolean,
): Promise<OldArchives> {
  const names = new Set(exists ? await namesIn(ctx, fields.destination) : []);
  const catalogued = (await ctx.artifacts()).filter(({ kind }) => kind === 'archive');
  const there = catalogued.filter(
    ({ path }) => posix.dirname(path) === fields.destination && names.has(posix.basename(path)),
  );
  const { expired, kept } = retention(there, fields.retention_days, fields.min_keep, ctx.plannedAt);
  const known = new Set(there.map(({ path }) => posix.basename(path)));
  return {
    deletions: expired.map(({ path }) => ({
      archive: path,
      manifest: names.has(posix.basename(path) + MANIFEST_SUFFIX) ? path + MANIFEST_SUFFIX : null,
    })),
    ages: new Map(expired.map((artifact) => [artifact.path, ageOf(artifact, ctx.plannedAt)])),
    kept,
    bytes: expired.reduce((sum, { size }) => sum + size, 0),
    unknown: [...names].filter((name) => isArchiveName(prefix, name) && !known.has(name)),
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

/** Empty when the folder can't be listed, which the destination's own check has said already. */
async function namesIn({ host }: PlanContext, folder: string): Promise<readonly string[]> {
  return (await host.access(folder, 'read')) && (await host.stat(`${folder}/.`)) ? host.list(folder) : [];
}

export function unknownArchives(destination: string, names: readonly string[]): Notice {
  const holds = names.length === 1 ? 'an archive' : `${names.length} archives`;
  return notice(
    'archives_unknown',
    phrase`${code(destination)} holds ${holds} that the catalogue does not know: ${someOf(names)}. Never deleted.`,
  );
}
