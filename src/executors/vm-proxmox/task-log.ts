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

/** Does the line say that this guest's backup was finished? */
export function saysFinished(line: string, vmId: number): boolean {
  return new RegExp(`Finished Backup of VM ${vmId}\\b`).test(line);
}

/** The file that vzdump says it writes to; null for every other line, and for a backup server's archive. */
export function archiveIn(line: string): string | null {
  return /creating vzdump archive '(\/[^']+)'/.exec(line)?.[1] ?? null;
}
