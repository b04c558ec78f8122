import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { RunContext } from '../../core/ports/executor.js';
import { type Access, ProxmoxError } from './access.js';
import { backups, deleteVolume, type Place } from './calls.js';
import type { VmData } from './data.js';
import { removableVolumes } from './old-backups.js';

/**
 * Deletes exactly the plan's list, volume by volume. One that Proxmox would keep by now (somebody protected
 * it) stays, and one counts as deleted only when it is no longer in the storage.
 */
export async function deleteOld(
  access: Access,
  data: VmData,
  place: Place,
  ctx: RunContext,
): Promise<{ readonly deleted: number; readonly warnings: readonly Notice[] }> {
  const warnings: Notice[] = [];
  try {
    const removable = await removableVolumes(access, place, data.keepLast);
    for (const volid of data.deletions) {
      if (ctx.signal.aborted) break;
      if (removable.has(volid)) await attempt(volid, () => deleteVolume(access, place, volid), warnings);
      else warnings.push(kept(volid));
    }
    return { deleted: await noteDeleted(access, data, place, ctx), warnings };
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
    return {
      deleted: 0,
      warnings: [...warnings, failed(phrase`Old backups could not be deleted: ${code(error.message)}.`)],
    };
  }
}

/** Notes in the catalogue which of the plan's old backups are gone; answers how many. */
export async function noteDeleted(
  access: Access,
  data: VmData,
  place: Place,
  ctx: RunContext,
): Promise<number> {
  const there = new Set((await backups(access, place)).map(({ volid }) => volid));
  const gone = data.deletions.filter((volid) => !there.has(volid));
  for (const volid of gone) await ctx.artifactDeleted(volid);
  return gone.length;
}

async function attempt(volid: string, work: () => Promise<void>, warnings: Notice[]): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
    warnings.push(failed(phrase`${code(volid)} could not be deleted: ${code(error.message)}.`));
  }
}

function failed(message: ReturnType<typeof phrase>): Notice {
  return notice(
    'retention_failed',
    message,
    phrase`The token needs ${code('Datastore.AllocateSpace')} on the storage and ${code('VM.Backup')} on the guest; the next run tries again.`,
  );
}

function kept(volid: string): Notice {
  return notice(
    'retention_failed',
    phrase`${code(volid)} stays: Proxmox would keep it now, or it is gone already.`,
    phrase`Nothing, if it was protected on purpose.`,
  );
}
