import type { ExecResult } from '../../core/host.js';
import { code, phrase } from '../../core/phrase.js';
import { commandFailed, type Failure, failure } from '../shared/failure.js';
import { saysDiskFull } from '../shared/space.js';
import { lastLine } from '../shared/wording.js';
import { placeKind } from './place.js';

/** Of rsync(1): starting the protocol (5, 10), the protocol stream (12), timeouts (30, 35), ssh's own 255. */
const CONNECTION = [5, 10, 12, 30, 35, 255];

export function isUnreachable(exitCode: number | null, destination: string): boolean {
  return placeKind(destination) !== 'local' && exitCode !== null && CONNECTION.includes(exitCode);
}

/** The way out of a full disk: a mirror has no retention that could be lowered. */
export const MAKE_ROOM = phrase`Free some space there, then try again.`;

/** Exit 11 is any file error of the receiver; the disk is full only when rsync says so. */
export function isDiskFull({ stderr }: ExecResult): boolean {
  return saysDiskFull(stderr);
}

/**
 * Why an rsync of a run failed; null when it did its work. Exit 24 (files vanished) is work done, 23
 * (something was not transferred) is not: the copy would be incomplete.
 */
export function rsyncFailure(result: ExecResult, destination: string): Failure | null {
  const { exitCode, stderr } = result;
  if (result.ok || exitCode === 24) return null;
  const reported = code(lastLine(complaint(stderr)));
  if (isUnreachable(exitCode, destination)) {
    return failure('destination_unreachable', phrase`${code(destination)} stopped answering: ${reported}.`);
  }
  if (exitCode === 23) {
    const unreadable = /\[sender\].*Permission denied|^rsync: .*(open|opendir).*Permission denied/m.test(
      stderr,
    );
    return failure(
      unreadable ? 'source_unreadable' : 'command_failed',
      phrase`${code('rsync')} could not copy everything (exit code 23): ${reported}.`,
    );
  }
  if (exitCode === 25) {
    return failure(
      'delete_limit',
      phrase`${code('rsync')} stopped at the limit of deletions (exit code 25).`,
    );
  }
  return commandFailed('rsync', result);
}

/** rsync's first complaint: the last line only repeats that there was one. */
function complaint(stderr: string): string {
  return stderr.split('\n').find((line) => line.trim() !== '') ?? '';
}
