import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { PartResult } from '../../core/ports/executor.js';
import { type Access, ProxmoxError } from './access.js';
import { guestStatus } from './calls.js';
import { guestName, type VmData } from './data.js';
import type { LogFacts } from './log-facts.js';

/**
 * Does a guest run again that was down or suspended for its backup? vzdump that can't start it again says so in passing,
 * and ends with OK all the same. Null where it runs, or never stood still.
 */
export async function whetherBack(
  access: Access,
  data: VmData,
  { ran, held, heldSeconds }: Readonly<LogFacts>,
): Promise<Notice | null> {
  const { node, type, vm_id: vmid } = data;
  if (!ran || held === null || node === null || type === null) return null;
  const name = code(guestName(data));
  try {
    const { status, qmpstatus = 'running' } = await guestStatus(access, { node, type, vmid });
    if (status === 'running' && qmpstatus === 'running') return null;
    const is = status === 'running' ? qmpstatus : status;
    const tool = type === 'lxc' ? 'pct' : 'qm';
    const command = code(`${tool} ${status === 'running' ? 'resume' : 'start'} ${vmid}`);
    return notice(
      'guest_down',
      phrase`${name} ran before its backup and is ${code(is)} now.`,
      phrase`Run ${command} on ${code(node)}, or start it in Proxmox.`,
    );
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
    if (heldSeconds !== null) return null;
    const did = held === 'stopped' ? 'down' : 'suspended';
    return notice(
      'guest_down',
      phrase`${name} was ${did} for its backup, and whether it runs again could not be seen: ${code(error.message)}.`,
      phrase`Look at it in Proxmox.`,
    );
  }
}

/** With the worst first: that the guest is down. */
export function withGuest(result: PartResult, down: Notice | null): PartResult {
  return down === null ? result : { ...result, warnings: [down, ...result.warnings] };
}
