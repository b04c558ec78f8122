import type { RunContext } from '../../core/executor.js';
import { formatCount } from '../../core/format.js';
import type { Digest, ExecResult } from '../../core/host.js';
import { code, phrase } from '../../core/phrase.js';
import { type Notice, notice } from '../../core/reasons.js';
import { commandFailed, diskFull, type Failure, STOPPED } from '../shared/failure.js';
import { byteProgress } from '../shared/progress.js';
import { saysDiskFull } from '../shared/space.js';
import { lastLine } from '../shared/wording.js';
import type { FilesData } from './data.js';
import { checkFailed } from './read-back.js';

type Outcome<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly failure: Failure };

/** tar's progress line, from --checkpoint-action. */
const PROGRESS = /^tar: wrote: (\d+)/;

/** Packs the source into the partial file. Gives what the tar stream was, and a warning when files changed. */
export async function writePartial(
  data: FilesData,
  ctx: RunContext,
): Promise<Outcome<{ stream: Digest; warnings: readonly Notice[] }>> {
  const report = byteProgress(ctx, data.bytes);
  report(0);
  const results = await ctx.host.pipe(data.pack, data.partial, {
    digest: [0],
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
  if (tar.digest === undefined) return { ok: false, failure: notHashed(data) };
  return { ok: true, stream: tar.digest, warnings: tar.ok ? [] : [filesChanged(tar.stderr)] };
}

function compressorFailed({ pack }: FilesData, result: ExecResult): Failure {
  return commandFailed(pack[1]?.[0] ?? 'the compressor', result);
}

/** Without what it was, nothing can be compared with it. */
export function notHashed({ partial }: Pick<FilesData, 'partial'>): Failure {
  return checkFailed(partial, 'the stream could not be hashed while it was packed');
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
