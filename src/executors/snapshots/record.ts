import { posix } from 'node:path';
import * as z from 'zod';
import { LEVELS } from '../../core/model/artifact.js';
import { phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { RunContext } from '../../core/ports/executor.js';
import { snapshotRestoreLine } from '../../core/views/restore-line.js';
import { MANIFEST_SUFFIX } from '../files/data.js';
import { fileFailed } from '../shared/failure.js';
import type { SnapshotData } from './data.js';

/** What is known of the snapshot once it is checked; journaled before it gets its final name. Sizes are bytes. */
export const FINISHED = z.object({
  /** Counted from the disk, everything but folders. */
  files: z.number(),
  bytes: z.number(),
  /** Of these, what no other snapshot has. */
  newFiles: z.number(),
  newBytes: z.number(),
  /** ISO 8601, UTC: when copying began. */
  createdAt: z.string(),
  verified: z.enum(LEVELS),
});

export type Finished = z.output<typeof FINISHED>;

/** Writes the manifest beside the snapshot, then adds it to the catalogue. May be done twice. */
export async function recordSnapshot(
  data: SnapshotData,
  finished: Finished,
  ctx: RunContext,
): Promise<readonly Notice[]> {
  const { files, bytes, newFiles, newBytes, createdAt, verified } = finished;
  const name = posix.basename(data.snapshot);
  const manifest = {
    format: 1,
    snapshot: name,
    intent: ctx.intent,
    ...(ctx.origin === null ? {} : { origin: ctx.origin }),
    run: ctx.runId,
    createdAt,
    ...{ files, bytes, newFiles, newBytes },
    linkedTo: data.base === null ? null : posix.basename(data.base),
    source: data.mirror.source,
    verified,
    restore: snapshotRestoreLine(name),
    exclude: data.exclude,
    tools: data.tools,
  };
  const warnings = await writeManifest(data, `${JSON.stringify(manifest, null, 2)}\n`, ctx);
  await ctx.addArtifact({
    ...{ path: data.snapshot, kind: 'snapshot', size: bytes, sha256: null },
    ...{ files, createdAt, verified },
  });
  return warnings;
}

async function writeManifest(data: SnapshotData, text: string, ctx: RunContext): Promise<readonly Notice[]> {
  try {
    await ctx.host.writeText(data.snapshot + MANIFEST_SUFFIX, text);
    return [];
  } catch (error) {
    const { reason, message } = await fileFailed(error, data, ctx);
    return [notice(reason, phrase`The snapshot has no manifest. ${message}`)];
  }
}
