import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { PartResult, RunContext } from '../../core/ports/executor.js';
import type { ExecResult } from '../../core/ports/host.js';
import { lastLine } from '../shared/wording.js';
import { type Access, ProxmoxError } from './access.js';
import { type Backup, backups } from './calls.js';
import { type VmData, vzdumpArgv } from './data.js';
import { failedBackup, lockText, notMade } from './ends.js';
import { finish } from './finish.js';
import { whetherBack, withGuest } from './guest-after.js';
import { type Before, JOURNAL } from './journal.js';
import { type LogWatch, watchLog } from './log-watch.js';
import { newVolumesText } from './new-volumes.js';
import { pveshAccess } from './pvesh-access.js';
import { STEP } from './steps.js';
import { volumeOf } from './task-log.js';
import { unproven } from './unproven.js';
import { judge } from './verdict.js';

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
    const before = { node, volids: await volids(access, data, node), at: began.toISOString() };
    await ctx.journal(JOURNAL.asked, before);
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
      return notDone(data, result, log, await leftText(access, data, before, log.facts), ctx.signal);
    }
    ctx.step(STEP.backup, 'done');
    ctx.step(STEP.check, 'running');
    const { facts } = log;
    const place = { node: node ?? '', storage: data.storage, vm_id: data.vm_id };
    const listed = access ? await backups(access, place) : await namedFile(log, data, ctx);
    const evidence = { data, facts, logGap: null, before: before.volids, listed };
    const verdict = judge(evidence);
    if (verdict.kind === 'unproven') {
      ctx.step(STEP.check, 'failed');
      const says = phrase`${code('vzdump')} ended well`;
      const doubted = await unproven(data, evidence, verdict, { began, says }, ctx);
      return withGuest(doubted, access && (await whetherBack(access, data, facts)));
    }
    // Without `pvesh` the file's path is what tells where it is.
    const backup = access ? verdict.backup : { ...verdict.backup, volid: facts.archives[0] ?? '' };
    const made = { backup, began, facts, warned: facts.warned.length };
    const done = await finish(access ?? pveshAccess(ctx.host), data, place, made, ctx);
    return withGuest(done, access && (await whetherBack(access, data, facts)));
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
    return notMade('command_failed', [
      phrase`${code('pvesh')} failed: ${code(error.message)}.`,
      phrase`Look into ${code(data.storage)} for a new backup; the old ones are untouched.`,
    ]);
  }
}

async function volids(access: Access | null, data: VmData, node: string | null): Promise<string[]> {
  if (access === null || node === null) return [];
  const place = { node, storage: data.storage, vm_id: data.vm_id };
  return (await backups(access, place)).map(({ volid }) => volid);
}

/** Without `pvesh` the file that vzdump named is the only proof: what `pvesh` would list of it. */
async function namedFile(log: LogWatch, data: VmData, ctx: RunContext): Promise<Backup[]> {
  const [path] = log.facts.archives;
  const stat = path?.startsWith('/') ? await ctx.host.stat(path) : null;
  if (path === undefined || stat?.type !== 'file') return [];
  return [{ volid: volumeOf(path, data.storage), size: stat.size, ctime: 0, protected: false }];
}

async function leftText(
  access: Access | null,
  data: VmData,
  before: Before,
  facts: LogWatch['facts'],
): Promise<readonly Phrase[]> {
  if (access === null || before.node === null) return [phrase`The old backups are untouched.`];
  const place = { node: before.node, storage: data.storage, vm_id: data.vm_id };
  const down = await whetherBack(access, data, facts);
  return [
    ...(down ? [down.message] : []),
    ...(await newVolumesText(access, place, before.volids)),
    ...(await lockText(access, data)),
  ];
}

function notDone(
  data: VmData,
  result: ExecResult,
  log: LogWatch,
  left: readonly Phrase[],
  signal: AbortSignal,
): PartResult {
  if (signal.aborted) return notMade('stopped', [phrase`${code('vzdump')} was ended.`, ...left]);
  const said = lastLine(result.stderr) || `vzdump ended with exit code ${result.exitCode ?? '?'}`;
  return failedBackup(data, log.facts, said, left);
}
