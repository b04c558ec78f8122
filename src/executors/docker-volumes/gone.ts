import type { RunContext } from '../../core/ports/executor.js';
import type { Host } from '../../core/ports/host.js';
import { entriesAt, withoutSlash } from './at-destination.js';
import { targetOf } from './call.js';
import { lookAtSource } from './commands.js';
import type { MirrorData } from './data.js';
import type { Entry } from './listing.js';
import { placeKind } from './place.js';

/** Looks at the destination, after a run that ended early, for what was shown as deletions. */
export interface DeletionWatch {
  /** Those that aren't there any more; null where that can't be told. */
  gone(): Promise<readonly string[] | null>;
}

/** So long an answer may take, also once the run was stopped. */
const WITHIN_MS = 30_000;

/** A tool that was ended, or that lost its connection, has said nothing of the last things it did. */
export async function watchDeletions(data: MirrorData, ctx: RunContext): Promise<DeletionWatch> {
  const device = await deviceOf(data, ctx.host);
  return {
    gone: async () => {
      const shown = [...new Set([...data.inTheWay, ...data.replaced, ...data.deletions])];
      if (shown.length === 0) return [];
      // Another disk, or none, is no place where something can be missing.
      if (device !== (await deviceOf(data, ctx.host))) return null;
      const options = { uninterruptible: true, timeoutMs: WITHIN_MS };
      const names = ['.', ...shown.map(withoutSlash)];
      const there = await entriesAt(names, data.look, targetOf(data), ctx.host, options);
      if (!there?.has('.')) return null;
      const look = lookAtSource(data.source);
      const replaced = data.replaced.map(withoutSlash);
      const own = { destination: data.source, password_secret: null };
      const here =
        replaced.length === 0 ? new Map() : await entriesAt(replaced, look, own, ctx.host, options);
      if (here === null) return null;
      return shown.filter((path) => isGone(path, there, here));
    },
  };
}

/** Null where it isn't told. */
async function deviceOf({ destination }: MirrorData, host: Host): Promise<number | null> {
  if (placeKind(destination) !== 'local') return null;
  return (await host.stat(destination).catch(() => null))?.device ?? null;
}

/** It is missing, or of another type: that of a folder, or the one that the source has there. */
function isGone(path: string, there: ReadonlyMap<string, Entry>, here: ReadonlyMap<string, Entry>): boolean {
  const name = withoutSlash(path);
  const type = there.get(name)?.type;
  return type === undefined || (type === 'd') !== path.endsWith('/') || type === here.get(name)?.type;
}
