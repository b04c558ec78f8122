import type { JournalEntry, RecoveryReport, RunContext } from '../../core/executor.js';
import { code, type Phrase, phrase } from '../../core/phrase.js';
import { type Access, ProxmoxError } from './access.js';
import { apiAccess } from './api-access.js';
import { type Place, type TaskRef, taskStatus } from './calls.js';
import { noteDeleted } from './clean.js';
import { guestName, type VmData } from './data.js';
import { lockText, NOTHING_NEW } from './ends.js';
import { followTask } from './follow.js';
import { type Before, type Progress, readJournal } from './journal.js';
import { watchLog } from './log-watch.js';
import { pveshAccess } from './pvesh-access.js';
import { artifactOf, findNewBackup } from './verify.js';
import { followTimes, type VmProxmoxSettings } from './way.js';

/**
 * After a process that died: a task that still runs is ended; one that ended well meanwhile left a backup,
 * which goes into the catalogue if every proof is there. Nothing is deleted.
 */
export async function recoverVm(
  settings: VmProxmoxSettings,
  data: VmData,
  journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<RecoveryReport> {
  const progress = readJournal(journal);
  if (progress.before === null) return { summary: [phrase`Nothing had been started in Proxmox.`] };
  const access = accessOf(settings, data, ctx);
  if (access === null) return { summary: [unseen(data, 'PVE_API_URL is not set any more')] };
  try {
    return { summary: await tidy(access, data, progress, progress.before, settings, ctx) };
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
    return { summary: [unseen(data, error.message)] };
  }
}

function accessOf({ api }: VmProxmoxSettings, data: VmData, ctx: RunContext): Access | null {
  if (data.way === 'command') return pveshAccess(ctx.host);
  return api === null ? null : apiAccess(api);
}

async function tidy(
  access: Access,
  data: VmData,
  progress: Progress,
  before: Before,
  settings: VmProxmoxSettings,
  ctx: RunContext,
): Promise<readonly Phrase[]> {
  const place = { node: before.node ?? '', storage: data.storage, vm_id: data.vm_id };
  if (progress.recorded !== null) return recorded(access, data, place, progress, ctx);
  if (data.way === 'command') return commandEnded(access, data, place, before);
  if (progress.upid === null) {
    return [
      phrase`It is not known whether Proxmox has started the backup of ${code(guestName(data))}: look at its tasks there.`,
      phrase`The old backups are untouched.`,
    ];
  }
  return taskEnded(
    access,
    data,
    { place, before, task: { node: place.node, upid: progress.upid } },
    settings,
    ctx,
  );
}

async function recorded(
  access: Access,
  data: VmData,
  place: Place,
  { recorded, cleaning }: Progress,
  ctx: RunContext,
): Promise<readonly Phrase[]> {
  const made = phrase`The new backup ${code(recorded ?? '')} was finished; it is kept.`;
  if (!cleaning) return [made, phrase`The old backups are untouched.`];
  const gone = await noteDeleted(access, data, place, ctx);
  return [made, phrase`${gone} of ${data.deletions.length} old backups had been deleted; the others stay.`];
}

/** vzdump was ended before this; without its log nothing proves that a backup is whole. */
async function commandEnded(
  access: Access,
  data: VmData,
  place: Place,
  before: Before,
): Promise<readonly Phrase[]> {
  const lock = await lockText(access, data);
  const backup = before.node === null ? null : await findNewBackup(access, place, before, 0);
  if (backup === null) return [phrase`${code('vzdump')} does not run any more.`, NOTHING_NEW, ...lock];
  return [
    phrase`${code(backup.volid)} is new in the storage; its end was not seen, so it is not in the catalogue.`,
    phrase`The old backups are untouched.`,
    ...lock,
  ];
}

interface Interrupted {
  readonly place: Place;
  readonly before: Before;
  readonly task: TaskRef;
}

async function taskEnded(
  access: Access,
  data: VmData,
  { place, before, task }: Interrupted,
  settings: VmProxmoxSettings,
  ctx: RunContext,
): Promise<readonly Phrase[]> {
  const running = (await taskStatus(access, task)).status === 'running';
  const log = watchLog(data.vm_id, { progress: () => {} });
  // An aborted signal ends a task that still runs.
  const signal = running ? AbortSignal.abort() : new AbortController().signal;
  const followed = await followTask(access, task, { signal, onLine: log.onLine, ...followTimes(settings) });
  if (followed.state === 'lost') return [unseen(data, followed.why)];
  const name = code(guestName(data));
  const lock = await lockText(access, data);
  const well = followed.exitStatus === 'OK' || /^WARNINGS: \d+$/.test(followed.exitStatus);
  const backup = well ? await findNewBackup(access, place, before, followed.startTime) : null;
  if (backup && log.finished()) {
    await ctx.addArtifact(artifactOf(backup));
    return [
      phrase`Proxmox had finished the backup of ${name} meanwhile: ${code(backup.volid)} is complete and is kept.`,
      phrase`The old backups are untouched.`,
      ...lock,
    ];
  }
  const what = running
    ? phrase`Proxmox was still backing up ${name}; its task has been ended.`
    : phrase`Proxmox’s backup of ${name} had ended with ${code(followed.exitStatus)}.`;
  return [what, NOTHING_NEW, ...lock];
}

function unseen(data: VmData, why: string): Phrase {
  return phrase`Proxmox could not be asked (${code(why)}): look at the tasks of ${code(guestName(data))} there. The old backups are untouched.`;
}
