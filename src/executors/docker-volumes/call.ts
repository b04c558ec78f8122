import { code, phrase } from '../../core/model/phrase.js';
import type { RunContext } from '../../core/ports/executor.js';
import type { ExecOptions, ExecResult } from '../../core/ports/host.js';
import { diskFull, type Failure, failure, STOPPED } from '../shared/failure.js';
import { rsyncEnvironment } from './commands.js';
import type { MirrorData } from './data.js';
import { isDiskFull, MAKE_ROOM, rsyncFailure } from './exit-codes.js';
import { placeKind } from './place.js';

/** The other side as rsync's environment needs to know it. */
export function targetOf({ destination, passwordSecret }: MirrorData) {
  return { destination, password_secret: passwordSecret };
}

export function callRsync(
  data: MirrorData,
  argv: readonly string[],
  ctx: RunContext,
  options: ExecOptions,
): Promise<ExecResult> {
  return ctx.host.exec(argv, { env: rsyncEnvironment(targetOf(data)), keep: 64 * 1024, ...options });
}

/** Why a call failed, or that the run was stopped; null when it did its work. */
export async function failureOf(
  result: ExecResult,
  data: MirrorData,
  ctx: RunContext,
): Promise<Failure | null> {
  if (ctx.signal.aborted) return STOPPED;
  if (!result.ok && isDiskFull(result)) {
    if (placeKind(data.destination) === 'local') return diskFull(data, ctx, MAKE_ROOM);
    return failure('destination_full', phrase`The disk of ${code(data.destination)} is full.`, MAKE_ROOM);
  }
  return rsyncFailure(result, data);
}
