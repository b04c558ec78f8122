import { readdirSync, readFileSync } from 'node:fs';

export interface Sample {
  readonly at: number;
  readonly rssMiB: number;
  readonly handles: number;
}

/** What the kernel says of a process; null once it is gone. */
export function sampleOf(pid: number): Sample | null {
  try {
    const [, kib = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return { at: Date.now(), rssMiB: Number(kib) / 1024, handles: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return null;
  }
}

/** The medians of the first and the last third, the first tenth left out: a start takes what it needs. */
export function thirds(values: readonly number[]): { readonly first: number; readonly last: number } {
  const rest = values.slice(Math.floor(values.length / 10));
  const third = Math.max(1, Math.floor(rest.length / 3));
  return { first: median(rest.slice(0, third)), last: median(rest.slice(-third)) };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
