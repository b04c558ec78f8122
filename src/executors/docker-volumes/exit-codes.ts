import { code, phrase } from '../../core/model/phrase.js';
import type { ExecResult } from '../../core/ports/host.js';
import { commandFailed, type Failure, failure } from '../shared/failure.js';
import { saysDiskFull } from '../shared/space.js';
import { complaintIn, reported } from './complaints.js';
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

/** What is known of the transfer that failed, as the plan's data has it. */
interface Mirror {
  readonly source: string;
  readonly destination: string;
  readonly passwordSecret: string | null;
}

/**
 * Why an rsync of a run failed; null when it did its work. Exit 24 (files vanished) is work done, 23
 * (something was not transferred) is not: the copy would be incomplete.
 */
export function rsyncFailure(result: ExecResult, data: Mirror): Failure | null {
  const { exitCode, stderr } = result;
  if (result.ok || exitCode === 24) return null;
  const { source, destination } = data;
  if (exitCode === 25) {
    return failure(
      'delete_limit',
      phrase`${code('rsync')} stopped at the limit of deletions (exit code 25).`,
    );
  }
  const known = complaintIn(stderr, { source, destination, hasSecret: data.passwordSecret !== null });
  if (known) return failure(known.code, known.message, known.remedy);
  if (isUnreachable(exitCode, destination)) {
    return failure(
      'destination_unreachable',
      phrase`${code(destination)} stopped answering: ${reported(stderr)}.`,
    );
  }
  if (exitCode === null || stderr.trim() === '') return commandFailed('rsync', result);
  return failure(
    'command_failed',
    phrase`${code('rsync')} could not copy everything (exit code ${exitCode}): ${reported(stderr)}.`,
  );
}
