import { code, phrase } from '../../core/model/phrase.js';
import type { RunContext } from '../../core/ports/executor.js';
import type { Digest, ExecResult } from '../../core/ports/host.js';
import { tarName } from '../shared/escapes.js';
import { commandFailed, diskFull, type Failure, failure, STOPPED } from '../shared/failure.js';
import { byteProgress } from '../shared/progress.js';
import { saysDiskFull } from '../shared/space.js';
import { lastLine, someOf } from '../shared/wording.js';
import type { FilesData } from './data.js';
import { checkFailed } from './read-back.js';
import { type Heard, type Said, tarListener } from './tar-messages.js';

type Outcome<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly failure: Failure };

/** tar's progress line, from --checkpoint-action. */
export const PROGRESS = /^\S*tar: wrote: (\d+)/;

/** Packs the source into the partial file. Gives what the tar stream was, and what tar said of single files. */
export async function writePartial(
  data: FilesData,
  ctx: RunContext,
): Promise<Outcome<{ stream: Digest; said: readonly Said[] }>> {
  const report = byteProgress(ctx, data.bytes);
  report(0);
  const heard = tarListener();
  const results = await ctx.host.pipe(data.pack, data.partial, {
    digest: [data.streamFrom],
    // Plans of those that can't tell have none.
    digestBytes: data.streamBytes || undefined,
    omit: (line) => PROGRESS.test(line),
    onStderr: (line, command) => {
      if (command !== data.streamFrom) return;
      const [, wrote] = PROGRESS.exec(line) ?? [];
      if (wrote === undefined) heard.onLine(line);
      else report(Math.round((Number(wrote) / data.streamBytes) * data.bytes));
    },
  });
  if (ctx.signal.aborted) return { ok: false, failure: STOPPED };
  const tar = results[data.streamFrom];
  if (tar === undefined) throw new Error('a plan without commands was run');
  if (results.some(({ stderr }) => saysDiskFull(stderr)))
    return { ok: false, failure: await diskFull(data, ctx) };
  const compressor = results[data.streamFrom + 1];
  if (compressor && !compressor.ok) return { ok: false, failure: otherFailed(data, compressor, 1) };
  const lister = results[data.streamFrom - 1];
  if (lister && !lister.ok) return { ok: false, failure: otherFailed(data, lister, -1) };
  const failed = tarFailed(tar, heard);
  if (failed) return { ok: false, failure: failed };
  if (tar.digest === undefined) return { ok: false, failure: notHashed(data) };
  return { ok: true, stream: tar.digest, said: heard.said };
}

function otherFailed({ pack, streamFrom }: FilesData, result: ExecResult, beside: number): Failure {
  const argv = pack[streamFrom + beside] ?? [];
  const program = argv[0] === 'env' ? argv[2] : argv[0];
  return withReason(commandFailed(program ?? 'the pipeline', result), lastLine(result.stderr));
}

/**
 * Null when everything was packed that was there. Exit 1 only says that some file is not as it was, and for one that is
 * gone tar exits with 2 where it was given its name: what it said of each file counts.
 */
export function tarFailed(tar: ExecResult, { said, other }: Heard): Failure | null {
  const unread = said.filter(({ what }) => what === 'unreadable');
  if (unread.length > 0) return notRead(unread);
  const itself = said.find(({ what }) => what === 'itself');
  if (itself) {
    const why = phrase`The destination lies inside the source: tar found the new archive at ${code(nameOf(itself))}.`;
    return failure('destination_in_source', why);
  }
  const explained = said.some(({ what }) => what !== 'attributes');
  if (tar.ok || (explained && other.length === 0 && (tar.exitCode === 1 || tar.exitCode === 2))) return null;
  // Its last line before it gave up tells why.
  const last = other.find((line) => !line.endsWith('not recoverable: exiting now')) ?? said.at(-1)?.line;
  return withReason(commandFailed('tar', tar), lastLine(last ?? other[0] ?? ''));
}

/** That files can't be read. An error of the disk is called by its name. */
function notRead(unread: readonly Said[]): Failure {
  const broken = unread.filter(({ line }) => line.endsWith('Input/output error'));
  if (broken.length > 0) return readFailed(broken.map(nameOf));
  const why = lastLine(unread[0]?.line ?? '');
  return failure(
    'source_unreadable',
    phrase`${someOf(unread.map(nameOf))} can’t be read, so the copy would be incomplete: ${code(why)}.`,
  );
}

/** The failure of files that the disk doesn't give. */
export function readFailed(names: readonly string[]): Failure {
  return failure('read_error', phrase`${someOf(names)} can’t be read to the end: the disk reports an error.`);
}

function withReason(failed: Failure, why: string): Failure {
  return why === '' ? failed : { ...failed, message: phrase`${failed.message} It said ${code(why)}.` };
}

/** A file's name as people read it, relative to the source. */
export function nameOf({ name }: Pick<Said, 'name'>): string {
  return tarName(name).toString('utf8').replace(/^\.\//, '');
}

/** Without what it was, nothing can be compared with it. */
export function notHashed({ partial }: Pick<FilesData, 'partial'>): Failure {
  return checkFailed(partial, 'the stream could not be hashed while it was packed');
}
