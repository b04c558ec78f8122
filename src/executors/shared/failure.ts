import { storeUnavailable } from '../../core/faults/store-fault.js';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { REASONS, type ReasonCode } from '../../core/model/reasons.js';
import type { PartResult, RunContext } from '../../core/ports/executor.js';
import { type ExecResult, HostError, noAnswerOf } from '../../core/ports/host.js';
import { StoreError } from '../../core/ports/store.js';
import { formatDuration } from '../../core/text/format.js';
import { nearestExisting } from './paths.js';
import { fullMessage } from './space.js';

/** Why a part can't go on: what happened, and what to do next. */
export interface Failure {
  readonly state: 'failed' | 'cancelled';
  readonly reason: ReasonCode;
  readonly message: Phrase;
  readonly next: Phrase;
}

export function failure(reason: ReasonCode, message: Phrase, next?: Phrase): Failure {
  return { state: 'failed', reason, message, next: next ?? phrase`${REASONS[reason].remedy}` };
}

export const STOPPED: Failure = {
  state: 'cancelled',
  reason: 'stopped',
  message: phrase`Stopped before it was finished.`,
  next: phrase`${REASONS.stopped.remedy}`,
};

/** A command that ended with an error; its own words are in the run's log. */
export function commandFailed(program: string, result: ExecResult): Failure {
  return failure('command_failed', phrase`${code(program)} ${howItEnded(result)}.`);
}

function howItEnded({ exitCode, signal, notFound, timedOut, quietMs }: ExecResult): string {
  if (notFound) return 'is not installed';
  if (quietMs !== undefined) return `made no progress for ${formatDuration(quietMs)} and was ended`;
  if (timedOut) return 'took too long and was ended';
  return signal === null ? `ended with exit code ${exitCode ?? 'unknown'}` : `was ended by ${signal}`;
}

/** What a run needs to say that its destination is full. */
interface Destination {
  readonly destination: string;
  readonly neededBytes: number;
}

export async function diskFull(
  { destination, neededBytes }: Destination,
  { host }: Pick<RunContext, 'host'>,
  next?: Phrase,
): Promise<Failure> {
  // The first write may have failed, that of the destination's own folder.
  const free = await host.free(await nearestExisting(host, destination));
  return failure('destination_full', fullMessage(destination, free, neededBytes), next);
}

function alreadyThere(path: string): Failure {
  return failure(
    'command_failed',
    phrase`${code(path)} is there already and is never overwritten.`,
    phrase`Move it away, then try again.`,
  );
}

/** What could not be noted before it was done, as a failure of the run. Anything but a {@link StoreError} is a bug. */
export function storeFailed(error: unknown): Failure {
  if (!(error instanceof StoreError)) throw error;
  const { code: reason, message, remedy } = storeUnavailable(error);
  return failure(reason, message, remedy);
}

/** A file operation that failed, or could not be noted, as a failure of the run. Anything else is a bug. */
export async function fileFailed(
  error: unknown,
  destination: Destination,
  ctx: Pick<RunContext, 'host'>,
): Promise<Failure> {
  if (!(error instanceof HostError)) return storeFailed(error);
  const unanswered = noAnswerOf(error);
  if (unanswered) return failure('no_answer', unanswered);
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return diskFull(destination, ctx);
  if (error.code === 'EEXIST') return alreadyThere(error.path);
  const denied = ['EACCES', 'EPERM', 'EROFS'].includes(error.code);
  return failure(
    denied ? 'destination_not_writable' : 'command_failed',
    denied
      ? phrase`The bot may not write to ${code(error.path)}.`
      : phrase`${code(error.path)} could not be written (${error.code}).`,
  );
}

/** The part's end, with what is so now after what happened. */
export function ended(what: Failure, stateNow: readonly Phrase[]): PartResult {
  return {
    state: what.state,
    reason: what.reason,
    summary: [what.message, ...stateNow],
    next: what.next,
    warnings: [],
  };
}
