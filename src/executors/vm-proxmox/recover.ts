import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { JournalEntry, RecoveryReport, RunContext } from '../../core/ports/executor.js';
import { someOf } from '../shared/wording.js';
import { type Access, ProxmoxError } from './access.js';
import { apiAccess } from './api-access.js';
import { backups, type Place, type TaskRef, taskStatus } from './calls.js';
import { noteDeleted } from './clean.js';
import { guestName, type VmData } from './data.js';
import { lockText, NOTHING_NEW } from './ends.js';
import { followTask } from './follow.js';
import { whetherBack } from './guest-after.js';
import { type Before, type Progress, readJournal } from './journal.js';
import { harmless, warningsOf } from './log-warnings.js';
import { watchLog } from './log-watch.js';
import { newText } from './new-volumes.js';
import { pveshAccess } from './pvesh-access.js';
import { judge } from './verdict.js';
import { artifactOf } from './verify.js';
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
  if (progress.doubted !== null) return doubted(progress.doubted);
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

function doubted(volid: string): readonly Phrase[] {
  return [
    phrase`${code(volid)} is in the storage and isn’t verified; don’t rely on it.`,
    phrase`The old backups are untouched.`,
  ];
}

/** vzdump was ended before this; without its log nothing proves that a backup is whole. */
async function commandEnded(
  access: Access,
  data: VmData,
  place: Place,
  before: Before,
): Promise<readonly Phrase[]> {
  const lock = await lockText(access, data);
  const listed = before.node === null ? [] : await backups(access, place);
  const fresh = listed.map(({ volid }) => volid).filter((volid) => !before.volids.includes(volid));
  if (fresh.length === 0) return [phrase`${code('vzdump')} does not run any more.`, NOTHING_NEW, ...lock];
  const is =
    fresh.length === 1
      ? 'is new in the storage; its end was not seen, so it is'
      : 'are new in the storage; their ends were not seen, so they are';
  return [
    phrase`${someOf(fresh)} ${is} not in the catalogue.`,
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
  const down = await whetherBack(access, data, log.facts);
  const lock = [...(down ? [down.message] : []), ...(await lockText(access, data))];
  const listed = await backups(access, place);
  const well = followed.exitStatus === 'OK' || /^WARNINGS: \d+$/.test(followed.exitStatus);
  if (!well) {
    const what = running
      ? phrase`Proxmox was still backing up ${name}; its task has been ended.`
      : phrase`Proxmox’s backup of ${name} had ended with ${code(followed.exitStatus)}.`;
    return [what, ...newText(place, before.volids, listed), ...lock];
  }
  const { facts } = log;
  const verdict = judge({ data, facts, logGap: followed.logGap, before: before.volids, listed });
  const { backup } = verdict;
  const isGood = verdict.kind === 'made' && harmless(facts);
  const began = before.at === undefined ? ctx.now() : new Date(before.at);
  if (backup !== null) await ctx.addArtifact(artifactOf(backup, began, isGood ? 'listed' : 'none'));
  if (backup !== null && isGood) {
    const warnings = warningsOf(data, facts, 0).map(({ message }) => message);
    return [
      phrase`Proxmox had finished the backup of ${name} meanwhile: ${code(backup.volid)} is complete and is kept.`,
      ...warnings,
      phrase`The old backups are untouched.`,
      ...lock,
    ];
  }
  const why =
    verdict.kind === 'unproven' ? verdict.why : phrase`its log names errors: ${someOf(facts.errors)}`;
  const rest = backup === null ? newText(place, before.volids, listed) : doubted(backup.volid);
  return [phrase`Proxmox reports ${code(followed.exitStatus)} for ${name}, but ${why}.`, ...rest, ...lock];
}

function unseen(data: VmData, why: string): Phrase {
  return phrase`Proxmox could not be asked (${code(why)}): look at the tasks of ${code(guestName(data))} there. The old backups are untouched.`;
}
