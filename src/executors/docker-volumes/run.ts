import type { PartResult, RunContext } from '../../core/executor.js';
import { formatBytes, formatCount, formatDuration } from '../../core/format.js';
import type { ExecOptions, ExecResult } from '../../core/host.js';
import { code, type Phrase, phrase } from '../../core/phrase.js';
import type { PlanPart } from '../../core/plan.js';
import { type Notice, notice } from '../../core/reasons.js';
import { commandFailed, diskFull, ended, type Failure, failure, STOPPED } from '../shared/failure.js';
import { byteProgress } from '../shared/progress.js';
import { rsyncEnvironment } from './commands.js';
import type { MirrorData } from './data.js';
import { isDiskFull, MAKE_ROOM, rsyncFailure } from './exit-codes.js';
import { addMirror, INCOMPLETE, JOURNAL } from './incomplete.js';
import { listingReader } from './listing.js';
import { placeKind } from './place.js';
import { deletionRules } from './rules.js';
import { countOf, type StepName, stepNames } from './steps.js';

type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/**
 * Brings the mirror up to date: copy first, delete last, and then only what the preview listed and the
 * source still lacks. When it ends early, what was copied stays, and the next run goes on from there.
 */
export async function runMirror({ data }: PlanPart<MirrorData>, ctx: RunContext): Promise<PartResult> {
  const began = ctx.now();
  await ctx.journal(JOURNAL.copy, null);
  const deleted: string[] = [];
  const worked = await work(data, ctx, deleted);
  if (!worked.ok) {
    await addMirror(data, 'none', ctx);
    return ended(worked.failure, [INCOMPLETE, deletedOnFailure(deleted)]);
  }
  await addMirror(data, 'listed', ctx);
  ctx.remember({ files: data.files, mount: data.sourceMount });
  return {
    state: 'succeeded',
    reason: 'done',
    summary: [
      ...copiedText(data, formatDuration(ctx.now().getTime() - began.getTime())),
      ...deletedText(data, deleted),
    ],
    warnings: worked.value,
  };
}

/** The steps in order; `deleted` takes what was deleted, also when a later step fails. */
async function work(
  data: MirrorData,
  ctx: RunContext,
  deleted: string[],
): Promise<Result<readonly Notice[]>> {
  const warnings: Notice[] = [];
  for (const [index, name] of stepNames(data).entries()) {
    ctx.step(index, 'running');
    const done = await STEPS[name](data, ctx, deleted);
    ctx.step(index, done.ok ? 'done' : 'failed');
    if (!done.ok) return done;
    warnings.push(...done.value);
  }
  return { ok: true, value: warnings };
}

type Step = (data: MirrorData, ctx: RunContext, deleted: string[]) => Promise<Result<readonly Notice[]>>;

const STEPS: Readonly<Record<StepName, Step>> = {
  sync: writeThrough,
  copy,
  remove,
  check,
};

/** progress2 counts the bytes that are done; its percentage is of something else. */
const PROGRESS = /^ *([\d,]+) +\d+%/;

/** rsync's own line for a deletion, with --info=del1. */
const DELETED = /^deleting (.+)$/;

async function copy(
  data: MirrorData,
  ctx: RunContext,
  deleted: string[],
): Promise<Result<readonly Notice[]>> {
  const report = byteProgress(ctx, data.transferBytes);
  report(0);
  const result = await rsync(data, data.copy, ctx, {
    ...(data.inTheWay.length > 0 ? { stdin: deletionRules(data.inTheWay, []) } : {}),
    omit: (line) => PROGRESS.test(line),
    onStdout: (line) => {
      const [, path] = DELETED.exec(line) ?? [];
      if (path !== undefined) deleted.push(path);
      const [, bytes] = PROGRESS.exec(line) ?? [];
      if (bytes !== undefined) report(Number(bytes.replaceAll(',', '')));
    },
  });
  const failed = await failureOf(result, data, ctx);
  if (failed) return { ok: false, failure: failed };
  return { ok: true, value: result.exitCode === 24 ? [vanished(result.stderr)] : [] };
}

function vanished(stderr: string): Notice {
  const count = stderr.split('\n').filter((line) => line.startsWith('file has vanished')).length;
  const what = formatCount(Math.max(1, count), 'file');
  return notice('files_changed', phrase`${what} vanished from the source while it was copied.`);
}

async function writeThrough(data: MirrorData, ctx: RunContext): Promise<Result<readonly Notice[]>> {
  const result = await ctx.host.exec(data.sync);
  if (ctx.signal.aborted) return { ok: false, failure: STOPPED };
  return result.ok ? { ok: true, value: [] } : { ok: false, failure: commandFailed('sync', result) };
}

async function remove(
  data: MirrorData,
  ctx: RunContext,
  deleted: string[],
): Promise<Result<readonly Notice[]>> {
  await ctx.journal(JOURNAL.remove, null);
  const { listing, onLine } = listingReader(new Set());
  const stdin = deletionRules(data.deletions, data.passages);
  const result = await rsync(data, data.remove, ctx, { stdin, onStdout: onLine });
  deleted.push(...listing.deletions);
  const failed = await failureOf(result, data, ctx);
  return failed ? { ok: false, failure: failed } : { ok: true, value: [] };
}

/** A second dry run: what it would still send was changed, or came, while the copy was made. */
async function check(data: MirrorData, ctx: RunContext): Promise<Result<readonly Notice[]>> {
  const { listing, onLine } = listingReader(new Set());
  const result = await rsync(data, data.check, ctx, { onStdout: onLine });
  const failed = await failureOf(result, data, ctx);
  if (failed) return { ok: false, failure: failed };
  if (listing.transfers === 0) return { ok: true, value: [] };
  const what = formatCount(listing.transfers, 'file');
  return {
    ok: true,
    value: [
      notice('files_changed', phrase`${what} changed while the copy was made; it may hold an older state.`),
    ],
  };
}

function rsync(
  data: MirrorData,
  argv: readonly string[],
  ctx: RunContext,
  options: ExecOptions,
): Promise<ExecResult> {
  const env = rsyncEnvironment({ destination: data.destination, password_secret: data.passwordSecret });
  return ctx.host.exec(argv, { env, keep: 64 * 1024, ...options });
}

async function failureOf(result: ExecResult, data: MirrorData, ctx: RunContext): Promise<Failure | null> {
  if (ctx.signal.aborted) return STOPPED;
  if (!result.ok && isDiskFull(result)) {
    if (placeKind(data.destination) === 'local') return diskFull(data, ctx, MAKE_ROOM);
    return failure('destination_full', phrase`The disk of ${code(data.destination)} is full.`, MAKE_ROOM);
  }
  return rsyncFailure(result, data);
}

function copiedText(data: MirrorData, took: string): readonly Phrase[] {
  const { transfers, transferBytes, files, destination } = data;
  const all = phrase`${code(destination)} has all ${formatCount(files, 'file')}, checked by size and time.`;
  if (transfers === 0) return [phrase`Nothing had to be copied, seen in ${took}.`, all];
  return [phrase`${formatBytes(transferBytes)} (${formatCount(transfers, 'file')}) copied in ${took}.`, all];
}

function deletedText({ inTheWay, deletions }: MirrorData, deleted: readonly string[]): readonly Phrase[] {
  const shown = inTheWay.length + deletions.length;
  if (shown === 0) return [];
  if (deleted.length === shown) return [phrase`${countOf(deleted)} deleted, as shown.`];
  const rest = shown - deleted.length;
  return [
    phrase`${deleted.length} of ${shown} shown deletions made. ${rest} not: in the source again, or gone already.`,
  ];
}

function deletedOnFailure(deleted: readonly string[]): Phrase {
  return deleted.length === 0
    ? phrase`Nothing was deleted.`
    : phrase`${countOf(deleted)} had been deleted, all from the list that was shown.`;
}
