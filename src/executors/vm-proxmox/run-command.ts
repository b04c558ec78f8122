import type { PartResult, RunContext } from '../../core/executor.js';
import type { ExecResult } from '../../core/host.js';
import { code, type Phrase, phrase } from '../../core/phrase.js';
import { lastLine } from '../shared/wording.js';
import { type Access, ProxmoxError } from './access.js';
import { type Backup, backups } from './calls.js';
import { guestName, type VmData, vzdumpArgv } from './data.js';
import { failedBackup, lockText, NOTHING_NEW, notMade } from './ends.js';
import { finish } from './finish.js';
import { JOURNAL } from './journal.js';
import { type LogWatch, watchLog } from './log-watch.js';
import { pveshAccess } from './pvesh-access.js';
import { STEP } from './steps.js';
import { findNewBackup } from './verify.js';

/** vzdump itself waits for the node's lock for three hours before it gives up, in ms. */
const LOCK_MS = 4 * 3_600_000;
/** What it gets to unlock the guest when it is stopped, in ms. */
const TIDY_MS = 10_000;

/** Runs `vzdump` on this host, which must be the guest's own node. */
export async function runCommand(data: VmData, ctx: RunContext): Promise<PartResult> {
  const began = ctx.now();
  const { node } = data;
  // Also after a stop: what is left behind must be seen.
  const access = node === null ? null : pveshAccess(ctx.host, { uninterruptible: true });
  ctx.step(STEP.backup, 'running');
  try {
    const before = { node, volids: access && node ? await volids(access, data, node) : [] };
    await ctx.journal(JOURNAL.asked, before);
    const since = Math.floor(ctx.now().getTime() / 1000);
    const log = watchLog(data.vm_id, ctx);
    const onLine = (line: string): void => log.onLine(line);
    const result = await ctx.host.exec(vzdumpArgv(data.params), {
      onStdout: onLine,
      onStderr: onLine,
      log: 'both',
      idleMs: LOCK_MS,
      graceMs: TIDY_MS,
    });
    if (!result.ok) {
      ctx.step(STEP.backup, 'failed');
      return withLock(notDone(data, result, log, ctx.signal), access, data);
    }
    ctx.step(STEP.backup, 'done');
    ctx.step(STEP.check, 'running');
    const made = { began, warned: log.warned() };
    if (access && node) {
      const place = { node, storage: data.storage, vm_id: data.vm_id };
      const backup = await findNewBackup(access, place, before, since);
      if (backup && log.finished()) return await finish(access, data, place, { ...made, backup }, ctx);
      ctx.step(STEP.check, 'failed');
      return unproven(data, log.finished());
    }
    const backup = log.finished() ? await fileOf(log, since, ctx) : null;
    if (backup)
      return await finish(
        pveshAccess(ctx.host),
        data,
        { node: '', storage: data.storage, vm_id: data.vm_id },
        { ...made, backup },
        ctx,
      );
    ctx.step(STEP.check, 'failed');
    return unproven(data, log.finished());
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
    return notMade('command_failed', [
      phrase`${code('pvesh')} failed: ${code(error.message)}.`,
      phrase`Look into ${code(data.storage)} for a new backup; the old ones are untouched.`,
    ]);
  }
}

async function volids(access: Access, data: VmData, node: string): Promise<string[]> {
  const place = { node, storage: data.storage, vm_id: data.vm_id };
  return (await backups(access, place)).map(({ volid }) => volid);
}

/** Without `pvesh` the file that vzdump named is the only proof. */
async function fileOf(log: LogWatch, since: number, ctx: RunContext): Promise<Backup | null> {
  const path = log.archive();
  const stat = path === null ? null : await ctx.host.stat(path);
  if (path === null || stat?.type !== 'file' || stat.size === 0) return null;
  const ctime = Math.floor(stat.mtimeMs / 1000);
  return ctime < since ? null : { volid: path, size: stat.size, ctime, protected: false };
}

function notDone(data: VmData, result: ExecResult, log: LogWatch, signal: AbortSignal): PartResult {
  if (signal.aborted) return notMade('stopped', [phrase`${code('vzdump')} was ended.`, NOTHING_NEW]);
  const said =
    log.error() ?? (lastLine(result.stderr) || `vzdump ended with exit code ${result.exitCode ?? '?'}`);
  return failedBackup(data, said);
}

async function withLock(result: PartResult, access: Access | null, data: VmData): Promise<PartResult> {
  const lock: readonly Phrase[] = access === null ? [] : await lockText(access, data);
  return { ...result, summary: [...result.summary, ...lock] };
}

function unproven(data: VmData, finished: boolean): PartResult {
  const missing = finished
    ? phrase`there is no new backup in ${code(data.storage)}`
    : phrase`its log never says that the backup was finished`;
  return notMade('check_failed', [
    phrase`${code('vzdump')} ended well for ${code(guestName(data))}, but ${missing}.`,
    phrase`The old backups are untouched.`,
  ]);
}
