import type { Level } from '../../core/model/artifact.js';
import { phrase } from '../../core/model/phrase.js';
import type { RunContext } from '../../core/ports/executor.js';
import type { MirrorData } from './data.js';
import type { Tally } from './tally.js';

/** What run() notes before it does it. */
export const JOURNAL = { probe: 'probe', copy: 'copy', remove: 'remove' } as const;

export const INCOMPLETE = phrase`The mirror is incomplete: what was copied stays, and the next run goes on from there.`;

/**
 * Notes in the catalogue in which state the mirror is now; an earlier row for it is replaced. What was not looked at is
 * what had been there before and what was sent since.
 */
export async function addMirror(
  data: MirrorData,
  { copied, copiedBytes, found }: Pick<Tally, 'copied' | 'copiedBytes' | 'found'>,
  verified: Level,
  ctx: RunContext,
): Promise<void> {
  await ctx.addArtifact({
    path: data.destination,
    kind: 'mirror',
    size: found?.equalBytes ?? Math.max(0, data.totalBytes - data.transferBytes + copiedBytes),
    sha256: null,
    files: found?.equal ?? Math.max(0, data.files - data.transfers + copied),
    createdAt: ctx.now().toISOString(),
    verified,
  });
}
