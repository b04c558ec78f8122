import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import { type Access, ProxmoxError } from './access.js';
import { type Guest, guestConfig, hasSnapshots, type Storage } from './calls.js';
import { type GuestParts, partsOf } from './guest-config.js';

/** What a guest's configuration says about its backup. */
export interface GuestFacts {
  /** Null when the configuration could not be read: see `unread`. */
  readonly parts: GuestParts | null;
  /** Why it could not be read. */
  readonly unread: Notice | null;
  /** Can a container's volumes be copied from snapshots? Null: not known. A running VM needs none. */
  readonly snapshots: boolean | null;
}

/** Asks for a guest's configuration, and whether a snapshot of it can be made. */
export async function gatherGuest(
  access: Access,
  guest: Guest,
  storages: readonly Storage[],
): Promise<GuestFacts> {
  const { parts, unread } = await readParts(access, guest);
  const snapshots = guest.type === 'qemu' || (await askSnapshots(access, guest, parts, storages));
  return { parts, unread, snapshots };
}

async function readParts(access: Access, guest: Guest): Promise<Pick<GuestFacts, 'parts' | 'unread'>> {
  try {
    return { parts: partsOf(guest.type, await guestConfig(access, guest)), unread: null };
  } catch (error) {
    if (!isAnswer(error)) throw error;
    return { parts: null, unread: unreadNotice(guest, error) };
  }
}

/** Proxmox answered, and said no: the rest of a plan can be made all the same. */
function isAnswer(error: unknown): error is ProxmoxError {
  return error instanceof ProxmoxError && (error.fault === 'denied' || error.fault === 'refused');
}

function unreadNotice({ vmid }: Guest, error: ProxmoxError): Notice {
  const right = phrase`${code('VM.Audit')} on ${code(`/vms/${vmid}`)}`;
  const remedy: Phrase = phrase`Grant the token ${right} in Proxmox, under Datacenter › Permissions.`;
  const why = code(error.message.replace(/\.$/, ''));
  return notice(
    'guest_unread',
    phrase`What the backup of ${code(vmid)} leaves out can’t be told: its configuration could not be read (${why}).`,
    error.fault === 'denied' ? remedy : undefined,
  );
}

/** Types of storages by whether a container's volumes on them have snapshots (pve-storage). */
const WITH: readonly string[] = ['zfspool', 'lvmthin', 'rbd', 'btrfs'];
const WITHOUT: readonly string[] = [
  'dir',
  'nfs',
  'cifs',
  'cephfs',
  'glusterfs',
  'lvm',
  'iscsi',
  'iscsidirect',
];

/** Proxmox answers for all mount points; where some are left out of the backup, the others' storages say it. */
async function askSnapshots(
  access: Access,
  guest: Guest,
  parts: GuestParts | null,
  storages: readonly Storage[],
): Promise<boolean | null> {
  const all = await askFeature(access, guest);
  if (all === true || parts === null) return all === true ? true : null;
  if (all === false && parts.leftOut.length === 0) return false;
  const types = parts.storages.map((name) => storages.find(({ storage }) => storage === name)?.type ?? '');
  if (types.some((type) => WITHOUT.includes(type))) return false;
  return types.every((type) => WITH.includes(type)) ? true : null;
}

async function askFeature(access: Access, guest: Guest): Promise<boolean | null> {
  try {
    return await hasSnapshots(access, guest);
  } catch (error) {
    if (!isAnswer(error)) throw error;
    return null;
  }
}
