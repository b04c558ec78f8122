import { posix } from 'node:path';
import type { Artifact } from '../../core/model/artifact.js';
import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { PlanContext } from '../../core/ports/executor.js';
import { formatCount } from '../../core/text/format.js';
import { someOf } from '../shared/wording.js';
import { readSnapshotName } from './names.js';

/** Snapshots in the destination that this origin's retention does not count. */
export async function strangers(
  destination: string,
  own: readonly Artifact[],
  ctx: PlanContext,
): Promise<readonly Notice[]> {
  // What can't be listed, the destination's own check has said.
  const names = (await ctx.host.access(destination, 'read')) ? await ctx.host.list(destination) : [];
  const known = new Set(own.map(({ path }) => posix.basename(path)));
  const others = names.filter((name) => readSnapshotName(name) !== null && !known.has(name));
  if (others.length === 0) return [];
  const owners = new Map(
    (await ctx.neighbours(destination)).map(({ path, intent }) => [posix.basename(path), intent]),
  );
  const unknown = others.filter((name) => !owners.has(name));
  const intents = new Set(others.flatMap((name) => owners.get(name) ?? []));
  intents.delete(ctx.intent);
  const theirs = others.length - unknown.length;
  return [
    ...(unknown.length > 0 ? [unknownSnapshots(destination, unknown)] : []),
    ...(theirs > 0 && intents.size > 0 ? [othersSnapshots(destination, theirs, [...intents])] : []),
  ];
}

function unknownSnapshots(destination: string, names: readonly string[]): Notice {
  const holds = names.length === 1 ? 'a snapshot' : `${names.length} snapshots`;
  return notice(
    'archives_unknown',
    phrase`${code(destination)} holds ${holds} that the catalogue does not know: ${someOf(names)}. Never deleted, nor linked to.`,
    phrase`Take them into the catalogue with ${code(`chatops artifacts adopt ${destination}`)}.`,
  );
}

function othersSnapshots(destination: string, count: number, intents: readonly string[]): Notice {
  const whose = intents.length === 1 ? 'another intent' : 'other intents';
  return notice(
    'archives_of_others',
    phrase`${code(destination)} holds ${formatCount(count, 'snapshot')} of ${whose} too: ${someOf(intents)}. Left alone.`,
  );
}
