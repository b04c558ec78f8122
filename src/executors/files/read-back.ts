import { code, phrase } from '../../core/model/phrase.js';
import type { RunContext } from '../../core/ports/executor.js';
import type { Digest, ExecResult } from '../../core/ports/host.js';
import { commandFailed, type Failure, failure, STOPPED } from '../shared/failure.js';
import { lastLine } from '../shared/wording.js';
import type { FilesData } from './data.js';
import { type Member, memberReader } from './listing.js';

/** What an archive holds, counted from its list after it was read back. */
export interface ReadBack {
  /** Everything but folders. */
  readonly files: number;
  /** Of the regular files' contents. */
  readonly bytes: number;
  /** The archive's size and sha256, of what was read from the disk. */
  readonly size: number;
  readonly sha256: string;
}

type Outcome = ({ readonly ok: true } & ReadBack) | { readonly ok: false; readonly failure: Failure };

/**
 * Reads the whole partial once, to its end: its bytes are hashed, unpacked and hashed again, and listed. What comes out
 * must be the stream that went in, byte for byte, and every program must be content; tar alone may stop at the end mark
 * before the unpacking program has compared its checksum.
 * @param written the tar stream, as it was when it was packed
 * @param onMember called with everything but folders
 */
export async function readBack(
  { partial, read }: Pick<FilesData, 'partial' | 'read'>,
  written: Digest,
  ctx: RunContext,
  onMember: (member: Member) => void = () => {},
): Promise<Outcome> {
  const memberIn = memberReader();
  let files = 0;
  let bytes = 0;
  const results = await ctx.host.pipe(read, null, {
    digest: read.slice(0, -1).map((_, index) => index),
    digestBytes: written.bytes,
    onStdout: (line) => {
      const member = memberIn(line);
      if (member === null || member.type === 'd') return;
      files += 1;
      if (member.type === '-') bytes += member.size;
      onMember(member);
    },
  });
  if (ctx.signal.aborted) return { ok: false, failure: STOPPED };
  const [stored, stream] = [results[0]?.digest, results.at(-2)?.digest];
  if (stored === undefined || stream === undefined || results.some(({ ok }) => !ok)) {
    return { ok: false, failure: whyNot(read, results, partial) };
  }
  if (stream.sha256 !== written.sha256 || stream.bytes !== written.bytes) {
    const other = `${stream.bytes} bytes read back, ${written.bytes} written, and their sha256 differs`;
    return { ok: false, failure: checkFailed(partial, other) };
  }
  return { ok: true, files, bytes, size: stored.bytes, sha256: stored.sha256 };
}

/** The program that failed by itself; the others only lost the one that they read from or wrote to. */
function whyNot(read: FilesData['read'], results: readonly ExecResult[], partial: string): Failure {
  const missing = results.findIndex(({ notFound }) => notFound);
  const failed = results.findIndex((result) => !result.ok && !lostItsReader(result));
  const at = missing >= 0 ? missing : failed;
  const [program, result] = [read[at]?.[0], results[at]];
  if (program === undefined || result === undefined) {
    return checkFailed(partial, 'it could not be read back to its end');
  }
  const said = lastLine(result.stderr.split('\n').find((line) => line.trim() !== '') ?? '');
  return said === '' ? commandFailed(program, result) : checkFailed(partial, said);
}

function lostItsReader({ signal, stderr }: ExecResult): boolean {
  return signal === 'SIGPIPE' || /broken pipe|connection reset|EPIPE|ECONNRESET/i.test(stderr);
}

/** The failure of a new archive that is not what it should be. */
export function checkFailed(partial: string, why: string): Failure {
  return failure(
    'check_failed',
    phrase`The new archive did not pass its check: ${code(why === '' ? partial : why)}.`,
  );
}
