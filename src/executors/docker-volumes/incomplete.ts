import type { Level } from '../../core/artifact.js';
import type { RunContext } from '../../core/executor.js';
import { phrase } from '../../core/phrase.js';
import type { MirrorData } from './data.js';

/** What run() notes before it does it. */
export const JOURNAL = { copy: 'copy', remove: 'remove' } as const;

export const INCOMPLETE = phrase`The mirror is incomplete: what was copied stays, and the next run goes on from there.`;

/** Notes in the catalogue in which state the mirror is now; an earlier row for it is replaced. */
export async function addMirror(data: MirrorData, verified: Level, ctx: RunContext): Promise<void> {
  await ctx.addArtifact({
    path: data.destination,
    kind: 'mirror',
    size: data.totalBytes,
    sha256: null,
    files: data.files,
    createdAt: ctx.now().toISOString(),
    verified,
  });
}
