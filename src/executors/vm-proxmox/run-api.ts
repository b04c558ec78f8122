import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { PartResult, RunContext } from '../../core/ports/executor.js';
import { type Access, ProxmoxError } from './access.js';
import { apiAccess, type ProxmoxApi } from './api-access.js';
import { backups, findGuest, type Place, startBackup, type TaskRef } from './calls.js';
import { guestName, type VmData } from './data.js';
import { failedBackup, lockText, NOTHING_NEW, notMade } from './ends.js';
import { noticeOf } from './faults.js';
import { finish } from './finish.js';
import { type Followed, followTask } from './follow.js';
import { whetherBack, withGuest } from './guest-after.js';
import { type Before, JOURNAL } from './journal.js';
import { type LogWatch, watchLog } from './log-watch.js';
import { newVolumesText } from './new-volumes.js';
import { STEP } from './steps.js';
import { unproven } from './unproven.js';
import { judge } from './verdict.js';
import { followTimes, type VmProxmoxSettings } from './way.js';

/** Has Proxmox back the guest up, follows its task and takes nothing on trust. */
export async function runThroughApi(
  settings: VmProxmoxSettings & { readonly api: ProxmoxApi },
  data: VmData,
  ctx: RunContext,
): Promise<PartResult> {
  // Without the run's signal: a request that is cut off leaves in the dark what Proxmox did.
  const access = heardOf(apiAccess(settings.api), ctx);
  const began = ctx.now();
  ctx.step(STEP.backup, 'running');
  const started = await start(access, settings.api.url, data, began, ctx);
  if (!started.ok) {
    ctx.step(STEP.backup, 'failed');
    return started.result;
  }
  const { task, before, place } = started;
  const log = watchLog(data.vm_id, ctx);
  const followed = await followTask(access, task, {
    signal: ctx.signal,
    onLine: (line) => {
      ctx.output(line);
      log.onLine(line);
    },
    ...followTimes(settings),
  });
  try {
    return await conclude(access, { data, place, before, began, task, log, followed }, ctx);
  } catch (error) {
    const { message, remedy } = noticeOf(error, { where: settings.api.url, rights: auditRight(data) });
    const unseen = phrase`Whether the new backup is in ${code(data.storage)} could not be seen: look there.`;
    return notMade('contact_lost', [message, unseen, phrase`The old backups are untouched.`], remedy);
  }
}

/** A Proxmox that hangs must not hold a place that another run needs. */
function heardOf({ call }: Access, { outside }: RunContext): Access {
  return outside ? { call: (...asked) => outside(call(...asked)) } : { call };
}

type Started =
  | { readonly ok: true; readonly task: TaskRef; readonly before: Before; readonly place: Place }
  | { readonly ok: false; readonly result: PartResult };

async function start(
  access: Access,
  where: string,
  data: VmData,
  began: Date,
  ctx: RunContext,
): Promise<Started> {
  const rights = phrase`${code('VM.Backup')} on ${code(`/vms/${data.vm_id}`)} and ${code('Datastore.AllocateSpace')} on ${code(`/storage/${data.storage}`)}`;
  let asked = false;
  try {
    const guest = await findGuest(access, data.vm_id);
    if (guest === null || guest.node !== data.node)
      return { ok: false, result: moved(data, guest?.node ?? null) };
    const place = { node: guest.node, storage: data.storage, vm_id: data.vm_id };
    const volids = (await backups(access, place)).map(({ volid }) => volid);
    const before = { node: guest.node, volids, at: began.toISOString() };
    if (ctx.signal.aborted) return { ok: false, result: notMade('stopped', [phrase`Nothing was started.`]) };
    await ctx.journal(JOURNAL.asked, before);
    asked = true;
    const upid = await startBackup(access, guest.node, data.params);
    if (!upid.startsWith('UPID:')) return { ok: false, result: nothingStarted(data, upid) };
    await ctx.note(JOURNAL.task, upid);
    return { ok: true, task: { node: guest.node, upid }, before, place };
  } catch (error) {
    const { code: reason, message, remedy } = noticeOf(error, { where, rights });
    const unsure = asked && error instanceof ProxmoxError && error.mayHaveActed;
    return {
      ok: false,
      result: notMade(reason, [message, unsure ? perhapsStarted(data) : NOTHING_NEW], remedy),
    };
  }
}

/** Everything that is known when the task is no longer followed. */
interface End {
  readonly data: VmData;
  readonly place: Place;
  readonly before: Before;
  readonly began: Date;
  readonly task: TaskRef;
  readonly log: LogWatch;
  readonly followed: Followed;
}

async function conclude(access: Access, end: End, ctx: RunContext): Promise<PartResult> {
  const { data, place, before, log, followed } = end;
  if (followed.state === 'lost') {
    ctx.step(STEP.backup, 'failed');
    return lost(end, followed.why, ctx.signal.aborted);
  }
  const warned = /^WARNINGS: (\d+)$/.exec(followed.exitStatus)?.[1];
  const well = followed.exitStatus === 'OK' || warned !== undefined;
  if (!well) {
    ctx.step(STEP.backup, 'failed');
    const down = await whetherBack(access, data, log.facts);
    const left = [
      ...(down ? [down.message] : []),
      ...(await newVolumesText(access, place, before.volids)),
      ...(await lockText(access, data)),
    ];
    return ctx.signal.aborted
      ? notMade('stopped', [phrase`Proxmox has ended the task.`, ...left])
      : failedBackup(data, log.facts, followed.exitStatus, left);
  }
  ctx.step(STEP.backup, 'done');
  ctx.step(STEP.check, 'running');
  const listed = await backups(access, place);
  const { facts } = log;
  const evidence = { data, facts, logGap: followed.logGap, before: before.volids, listed };
  const verdict = judge(evidence);
  if (verdict.kind === 'unproven') {
    ctx.step(STEP.check, 'failed');
    const says = phrase`Proxmox reports ${code(followed.exitStatus)}`;
    const result = await unproven(data, evidence, verdict, { began: end.began, says }, ctx);
    return withGuest(result, await whetherBack(access, data, facts));
  }
  const made = { backup: verdict.backup, began: end.began, facts, warned: Number(warned ?? 0) };
  return withGuest(await finish(access, data, place, made, ctx), await whetherBack(access, data, facts));
}

function moved(data: VmData, node: string | null): PartResult {
  const name = code(guestName(data));
  if (node === null) return notMade('guest_unknown', [phrase`${name} is no longer there.`, NOTHING_NEW]);
  return notMade('guest_moved', [
    phrase`${name} is on the node ${code(node)} now, not on ${code(data.node ?? '')}.`,
    NOTHING_NEW,
  ]);
}

function nothingStarted(data: VmData, answer: string): PartResult {
  return notMade('nothing_started', [
    phrase`Proxmox answered ${code(answer)} and started no backup of ${code(guestName(data))}.`,
    NOTHING_NEW,
  ]);
}

function perhapsStarted(data: VmData): Phrase {
  return phrase`Proxmox may have started the backup all the same: look at the tasks of ${code(guestName(data))} there.`;
}

function lost({ data, task }: End, why: string, stopping: boolean): PartResult {
  const what = stopping
    ? phrase`Proxmox’s task could not be stopped: ${code(why)}.`
    : phrase`The contact to Proxmox was lost: ${code(why)}.`;
  const still = phrase`The backup of ${code(guestName(data))} may still be running there, as ${code(task.upid)}.`;
  return notMade('contact_lost', [what, still, phrase`The old backups are untouched.`]);
}

function auditRight(data: VmData): Phrase {
  return phrase`${code('Datastore.Audit')} on ${code(`/storage/${data.storage}`)}`;
}
