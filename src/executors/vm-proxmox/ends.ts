import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { REASONS, type ReasonCode } from '../../core/model/reasons.js';
import type { PartResult } from '../../core/ports/executor.js';
import { type Access, ProxmoxError } from './access.js';
import { findGuest } from './calls.js';
import { CAUSES } from './causes.js';
import { guestName, type VmData } from './data.js';
import type { LogFacts } from './log-facts.js';

/** A part that did not make a backup. */
export function notMade(
  reason: ReasonCode,
  summary: readonly Phrase[],
  next: Phrase = phrase`${REASONS[reason].remedy}`,
): PartResult {
  return { state: reason === 'stopped' ? 'cancelled' : 'failed', reason, summary, next, warnings: [] };
}

/** What vzdump says when something else went wrong before. */
const CONSEQUENCE = /[Bb]roken pipe|failed: exit code|wrong exit status|^job errors$/;

/**
 * Why it failed is said by the whole log: its end often names only what the cause has led to.
 * @param said for a log that names nothing
 * @param left what is so now
 */
export function failedBackup(
  data: VmData,
  facts: Readonly<LogFacts>,
  said: string,
  left: readonly Phrase[],
): PartResult {
  const own = facts.failed ?? facts.errors.at(-1) ?? said;
  const cause =
    CAUSES.find(({ pattern }) => pattern.test(own)) ??
    (CONSEQUENCE.test(own) ? CAUSES.find(({ name }) => facts.causes.has(name)) : undefined);
  const line = (cause && facts.causes.get(cause.name)) ?? own;
  const what = phrase`Proxmox could not back up ${code(guestName(data))}: ${code(line.trim().replace(/\.$/, ''))}.`;
  if (cause === undefined) return notMade('command_failed', [what, ...left]);
  // Fleecing images are written to a storage of the node while the backup runs, and fill up as well.
  const isFleecing = facts.fleecing && /\berr -28\b/.test(line);
  const says = isFleecing
    ? phrase`The storage ${code(data.storage)}, or the one for fleecing images, is full.`
    : cause.says?.(data.storage);
  return notMade(cause.reason, [says ? phrase`${says} ${what}` : what, ...left], cause.next);
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
