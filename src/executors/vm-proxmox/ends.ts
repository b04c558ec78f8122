import type { PartResult } from '../../core/executor.js';
import { code, type Phrase, phrase } from '../../core/phrase.js';
import { REASONS, type ReasonCode } from '../../core/reasons.js';
import { saysDiskFull } from '../shared/space.js';
import { type Access, ProxmoxError } from './access.js';
import { findGuest } from './calls.js';
import { guestName, type VmData } from './data.js';

/** A part that did not make a backup. */
export function notMade(
  reason: ReasonCode,
  summary: readonly Phrase[],
  next: Phrase = phrase`${REASONS[reason].remedy}`,
): PartResult {
  return { state: reason === 'stopped' ? 'cancelled' : 'failed', reason, summary, next, warnings: [] };
}

/** `job errors` says little: the log's last error says why. */
export function failedBackup(data: VmData, said: string): PartResult {
  const full = saysDiskFull(said) || /not enough (?:free )?space/i.test(said);
  const what = phrase`Proxmox could not back up ${code(guestName(data))}: ${code(said)}.`;
  return full
    ? notMade('destination_full', [phrase`The storage ${code(data.storage)} is full. ${what}`, NOTHING_NEW])
    : notMade('command_failed', [what, NOTHING_NEW]);
}

export const NOTHING_NEW = phrase`No new backup was made; the old ones are untouched.`;

/** Whether the guest was left locked: vzdump that is ended by force can't unlock it. */
export async function lockText(access: Access, data: VmData): Promise<readonly Phrase[]> {
  try {
    const guest = await findGuest(access, data.vm_id);
    if (!guest?.lock) return [];
    const unlock = code(`${guest.type === 'lxc' ? 'pct' : 'qm'} unlock ${guest.vmid}`);
    return [
      phrase`${code(guestName(data))} is still locked (${code(guest.lock)}): run ${unlock} on ${code(guest.node)} if nothing works on it.`,
    ];
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
    return [];
  }
}
