import type { RunContext } from '../../core/executor.js';
import { formatCount } from '../../core/format.js';
import type { ExecResult } from '../../core/host.js';
import { code, phrase } from '../../core/phrase.js';
import { type Notice, notice } from '../../core/reasons.js';
import { commandFailed, diskFull, type Failure, failure, STOPPED } from '../shared/failure.js';
import { byteProgress } from '../shared/progress.js';
import { saysDiskFull } from '../shared/space.js';
import { lastLine } from '../shared/wording.js';
import type { FilesData } from './data.js';
import { totalBytes } from './measure.js';

type Outcome<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly failure: Failure };

/** tar's progress line, from --checkpoint-action. */
const PROGRESS = /^tar: wrote: (\d+)/;

/** Packs the source into the partial file. Gives the tar stream's bytes, and a warning when files changed. */
export async function writePartial(
  data: FilesData,
  ctx: RunContext,
): Promise<Outcome<{ streamBytes: number; warnings: readonly Notice[] }>> {
  const report = byteProgress(ctx, data.bytes);
  report(0);
  const results = await ctx.host.pipe(data.pack, data.partial, {
    omit: (line) => PROGRESS.test(line),
    onStderr: (line) => {
      const [, wrote] = PROGRESS.exec(line) ?? [];
      if (wrote !== undefined) report(Math.round((Number(wrote) / data.streamBytes) * data.bytes));
    },
  });
  if (ctx.signal.aborted) return { ok: false, failure: STOPPED };
  const [tar, compressor] = results;
  if (tar === undefined) throw new Error('a plan without commands was run');
  if (results.some(({ stderr }) => saysDiskFull(stderr)))
    return { ok: false, failure: await diskFull(data, ctx) };
  if (compressor && !compressor.ok) return { ok: false, failure: compressorFailed(data, compressor) };
  // Exit 1: files changed or vanished while they were read (tar(1)). Anything else is no backup.
  if (!tar.ok && tar.exitCode !== 1) return { ok: false, failure: commandFailed('tar', tar) };
  const streamBytes = totalBytes(tar.stderr);
  if (streamBytes === null) return { ok: false, failure: commandFailed('tar', tar) };
  return { ok: true, streamBytes, warnings: tar.ok ? [] : [filesChanged(tar.stderr)] };
}

function compressorFailed({ pack }: FilesData, result: ExecResult): Failure {
  return commandFailed(pack[1]?.[0] ?? 'the compressor', result);
}

function filesChanged(stderr: string): Notice {
  const changed = stderr
    .split('\n')
    .filter((line) => /changed as we read it|removed before|shrank by/.test(line));
  const what = formatCount(Math.max(1, changed.length), 'file or folder', 'files or folders');
  return notice(
    'files_changed',
    phrase`${what} changed or vanished while they were copied: ${code(lastLine(changed[0] ?? stderr))}.`,
  );
}

/**
 * Reads the whole partial once: the decompressor checks every byte, tar every header, and the tar stream
 * must be as long as the one that was written. Gives the number of files inside.
 */
export async function checkPartial(
  data: FilesData,
  streamBytes: number,
  ctx: RunContext,
): Promise<Outcome<{ files: number; size: number }>> {
  let files = 0;
  const listed = await ctx.host.exec(data.list, {
    env: { LC_ALL: 'C' },
    keep: 64 * 1024,
    onStdout: (line) => {
      if (!line.endsWith('/')) files += 1;
    },
  });
  if (ctx.signal.aborted) return { ok: false, failure: STOPPED };
  const size = (await ctx.host.stat(data.partial))?.size ?? 0;
  if (!listed.ok) return { ok: false, failure: checkFailed(data, lastLine(firstOf(listed.stderr))) };
  const read = totalBytes(listed.stderr);
  if (read !== streamBytes) {
    return { ok: false, failure: checkFailed(data, `${read ?? 0} bytes inside instead of ${streamBytes}`) };
  }
  if (size === 0 || files === 0 || files * 2 < data.files) {
    return { ok: false, failure: checkFailed(data, `${files} files inside instead of ${data.files}`) };
  }
  return { ok: true, files, size };
}

function firstOf(stderr: string): string {
  return stderr.split('\n').find((line) => line.trim() !== '') ?? '';
}

function checkFailed({ partial }: FilesData, why: string): Failure {
  return failure(
    'check_failed',
    phrase`The new archive did not pass its check: ${code(why === '' ? partial : why)}.`,
  );
}

/** The partial's sha256, as hex. */
export async function hashPartial(data: FilesData, ctx: RunContext): Promise<Outcome<{ sha256: string }>> {
  const result = await ctx.host.exec(data.hash);
  if (ctx.signal.aborted) return { ok: false, failure: STOPPED };
  // A line that begins with a backslash quotes the file's name, not the hash (sha256sum(1)).
  const [, sha256] = /^\\?([0-9a-f]{64}) /.exec(result.stdout) ?? [];
  if (!result.ok || sha256 === undefined) return { ok: false, failure: commandFailed('sha256sum', result) };
  return { ok: true, sha256 };
}
