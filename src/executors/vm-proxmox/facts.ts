import type { VmProxmoxFields } from '../../core/model/fields.js';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import { someOf } from '../shared/wording.js';
import { type Access, ProxmoxError } from './access.js';
import { apiAccess, type ProxmoxApi } from './api-access.js';
import { type Backup, backups, findGuest, type Guest, type Storage, storages } from './calls.js';
import { noticeOf } from './faults.js';
import { type GuestFacts, gatherGuest } from './guest-facts.js';
import { type NodeRules, nodeRules } from './node-rules.js';
import type { Asker, SharedQuestions } from './shared-questions.js';

/** What Proxmox says about a guest and the storage for its backups. */
export interface Facts {
  readonly guest: Guest;
  readonly storage: Storage;
  /** The guest's backups in the storage, whoever made them. */
  readonly backups: readonly Backup[];
  readonly about: GuestFacts;
  readonly rules: NodeRules;
}

export type Gathered =
  | { readonly ok: true; readonly facts: Facts; readonly blockers: readonly Notice[] }
  | { readonly ok: false; readonly guest: Guest | null; readonly blockers: readonly Notice[] };

/** {@link gather} through the API, together with all who plan the same at the same time. */
export async function gatherShared(
  questions: SharedQuestions<Gathered>,
  api: ProxmoxApi,
  fields: VmProxmoxFields,
  asker: Asker,
): Promise<Gathered> {
  const key = JSON.stringify([fields.vm_id, fields.storage]);
  try {
    return await questions.answer(key, asker, (shared) => gather(apiAccess(api, shared), fields, api.url));
  } catch (error) {
    if (!asker.signal.aborted) throw error;
    const stopped = new ProxmoxError('stopped', 'The request was ended.', false);
    return { ok: false, guest: null, blockers: [noticeOf(stopped, { where: api.url, rights: phrase`` })] };
  }
}

/** Asks Proxmox for everything that a plan needs. Reads only. */
export async function gather(access: Access, fields: VmProxmoxFields, where: string): Promise<Gathered> {
  let guest: Guest | null = null;
  const rights = { rights: phrase`${code('VM.Audit')} on ${code(`/vms/${fields.vm_id}`)}` };
  const storagePath = `/storage/${fields.storage}`;
  const storageRights = { rights: phrase`${code('Datastore.Audit')} on ${code(storagePath)}` };
  let asked: { rights: Phrase } = rights;
  try {
    guest = await findGuest(access, fields.vm_id);
    if (guest === null) return { ok: false, guest, blockers: [guestUnknown(fields.vm_id)] };
    asked = storageRights;
    const all = await storages(access, guest.node);
    const storage = all.find((one) => one.storage === fields.storage);
    const unfit = storage ? unsuitable(storage, guest.node) : storageUnknown(fields.storage, guest.node, all);
    const blockers = [...locked(guest), ...(unfit ? [unfit] : [])];
    if (!storage || unfit) return { ok: false, guest, blockers };
    const place = { node: guest.node, storage: fields.storage, vm_id: fields.vm_id };
    const there = await backups(access, place);
    asked = rights;
    const about = await gatherGuest(access, guest, all);
    const rules = await nodeRules(access, guest.node, fields.storage);
    return { ok: true, facts: { guest, storage, backups: there, about, rules }, blockers };
  } catch (error) {
    return { ok: false, guest, blockers: [noticeOf(error, { where, ...asked })] };
  }
}

/** Proxmox lists only what the token may see, so the two can't be told apart. */
function guestUnknown(vmId: number): Notice {
  return notice(
    'guest_unknown',
    phrase`Proxmox has no VM or container ${code(vmId)}, or the token may not see it.`,
    phrase`Correct ${code('vm_id')} in the intent, or give the token ${code('VM.Audit')} and ${code('VM.Backup')} on ${code(`/vms/${vmId}`)}.`,
  );
}

function locked({ vmid, lock, node, type }: Guest): Notice[] {
  if (lock === undefined || lock === '') return [];
  const unlock = `${type === 'lxc' ? 'pct' : 'qm'} unlock ${vmid}`;
  return [
    notice(
      'guest_locked',
      phrase`${code(vmid)} is locked by Proxmox (${code(lock)}).`,
      phrase`Wait until Proxmox is done with it. If nothing works on it any more, run ${code(unlock)} on ${code(node)}.`,
    ),
  ];
}

function takesBackups({ content }: Storage): boolean {
  return content.split(',').includes('backup');
}

function storageUnknown(storage: string, node: string, all: readonly Storage[]): Notice {
  const others = all.filter(takesBackups).map((one) => one.storage);
  const choice = others.length === 0 ? phrase`` : phrase` For backups there are: ${someOf(others)}.`;
  return notice(
    'storage_unknown',
    phrase`The node ${code(node)} has no storage ${code(storage)}, or the token may not see it.${choice}`,
    phrase`Correct ${code('storage')} in the intent, or give the token ${code('Datastore.AllocateSpace')} on ${code(`/storage/${storage}`)}.`,
  );
}

function unsuitable(storage: Storage, node: string): Notice | null {
  const name = code(storage.storage);
  if (!takesBackups(storage)) {
    return notice('storage_unsuitable', phrase`The storage ${name} takes no backups.`);
  }
  if (!storage.enabled) return notice('storage_inactive', phrase`The storage ${name} is disabled.`);
  if (!storage.active) {
    return notice('storage_inactive', phrase`The storage ${name} is not active on ${code(node)}.`);
  }
  return null;
}
