import { posix } from 'node:path';
import type { Level, NewArtifact } from '../../core/model/artifact.js';
import { phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { RunContext } from '../../core/ports/executor.js';
import { restoreLine } from '../../core/views/restore-line.js';
import { fileFailed } from '../shared/failure.js';
import type { FilesData } from './data.js';
import { MANIFEST_SUFFIX } from './data.js';

/** What is known of the archive once it is checked; journaled before it gets its final name. */
export type Finished = {
  readonly sha256: string;
  readonly size: number;
  readonly files: number;
  /** Of the files' contents; missing where an earlier version noted it. */
  readonly bytes?: number;
  /** ISO 8601, UTC: when copying began. */
  readonly createdAt: string;
  /** `read` when left out. */
  readonly verified?: Level;
};

/**
 * Writes the manifest beside the archive, then adds the archive to the catalogue. May be done twice.
 * A manifest that can't be written is a warning: the archive is whole, and the catalogue has its sha256 too.
 */
export async function recordArchive(
  data: FilesData,
  finished: Finished,
  ctx: RunContext,
): Promise<readonly Notice[]> {
  const { sha256, size, files, bytes, createdAt, verified = 'read' } = finished;
  const manifest = {
    format: 1,
    archive: posix.basename(data.archive),
    intent: ctx.intent,
    ...(ctx.origin === null ? {} : { origin: ctx.origin }),
    run: ctx.runId,
    createdAt,
    sha256,
    size,
    files,
    source: data.source,
    sourceBytes: bytes ?? data.bytes,
    verified,
    restore: restoreLine(posix.basename(data.archive)),
    exclude: data.exclude,
    tools: data.tools,
  };
  const warnings = await writeManifest(data, `${JSON.stringify(manifest, null, 2)}\n`, ctx);
  const artifact: NewArtifact = {
    path: data.archive,
    kind: 'archive',
    size,
    sha256,
    files,
    createdAt,
    verified,
  };
  await ctx.addArtifact(artifact);
  return warnings;
}

async function writeManifest(data: FilesData, text: string, ctx: RunContext): Promise<readonly Notice[]> {
  try {
    await ctx.host.writeText(data.archive + MANIFEST_SUFFIX, text);
    return [];
  } catch (error) {
    const { reason, message } = await fileFailed(error, data, ctx);
    return [notice(reason, phrase`The archive has no manifest. ${message}`)];
  }
}
