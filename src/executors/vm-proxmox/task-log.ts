const UNITS: Readonly<Record<string, number>> = { B: 0, KiB: 1, MiB: 2, GiB: 3, TiB: 4, PiB: 5 };

/** How far a VM's backup is, in bytes. */
export interface Amount {
  readonly done: number;
  readonly total: number;
}

/**
 * Reads `INFO:  12% (3.8 GiB of 32.0 GiB) in 12s, …`, as vzdump writes for VMs. Containers' backups write no
 * such lines. Null for every other line.
 */
export function amountIn(line: string): Amount | null {
  const match = /^INFO:\s+\d+% \(([\d.]+) ([KMGTP]?i?B) of ([\d.]+) ([KMGTP]?i?B)\)/.exec(line);
  if (!match) return null;
  const [, done, doneUnit, total, totalUnit] = match;
  return { done: bytes(done, doneUnit), total: bytes(total, totalUnit) };
}

function bytes(number = '0', unit = 'B'): number {
  return Math.round(Number(number) * 1024 ** (UNITS[unit] ?? 0));
}

/** The guest whose part of a log begins with the line; null for every other line. */
export function guestBegunIn(line: string): number | null {
  const vmId = /^INFO: Starting Backup of VM (\d+)\b/.exec(line)?.[1];
  return vmId === undefined ? null : Number(vmId);
}

/** Whose backup the line says was finished; null for every other line. */
export function finishedIn(line: string): number | null {
  const vmId = /^INFO: Finished Backup of VM (\d+)\b/.exec(line)?.[1];
  return vmId === undefined ? null : Number(vmId);
}

/** Whose backup the line says has failed, and why; null for every other line. */
export function failureIn(line: string): { readonly vmId: number; readonly why: string } | null {
  const [, vmId, why] = /^ERROR: Backup of VM (\d+) failed - (.*)/.exec(line) ?? [];
  return why === undefined ? null : { vmId: Number(vmId), why };
}

/**
 * What vzdump says it writes: a file (`/mnt/pve/nas/dump/vzdump-…`), or a backup server's snapshot
 * (`vm/101/2026-11-29T10:00:00Z`); null for every other line.
 */
export function archiveIn(line: string): string | null {
  return /^INFO: creating (?:.+ )?archive '(.+)'\s*$/.exec(line)?.[1] ?? null;
}

/** The id of the volume that is called so in a log, as Proxmox makes it up from storage and name. */
export function volumeOf(archive: string, storage: string): string {
  const name = archive.startsWith('/') ? archive.slice(archive.lastIndexOf('/') + 1) : archive;
  return `${storage}:backup/${name}`;
}

/** How a task ended by the line that ends every log, such as `OK` or `WARNINGS: 2`; null for every other line. */
export function endIn(line: string): string | null {
  return /^TASK (OK|WARNINGS: \d+|ERROR: .*)$/.exec(line.trimEnd())?.[1] ?? null;
}
