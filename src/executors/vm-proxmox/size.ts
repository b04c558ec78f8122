import type { Artifact } from '../../core/artifact.js';
import { formatBytes } from '../../core/format.js';
import type { Notice } from '../../core/reasons.js';
import { checkSpace, type Need } from '../shared/space.js';
import type { Facts } from './facts.js';

/** How large the new backup will be: never known, only estimated. Bytes. */
export interface Estimate {
  readonly bytes: number;
  /** The end of a sentence, with where the number comes from. */
  readonly text: string;
  readonly need: Need;
}

/** From the last backup; before the first one, at most the size of the guest's disk. */
export function estimateSize(facts: Facts | null, artifacts: readonly Artifact[], storage: string): Estimate {
  const last = artifacts.filter(({ path }) => path.startsWith(`${storage}:`)).at(-1)?.size;
  if (last !== undefined) return about(last, 'as last time');
  const newest = [...(facts?.backups ?? [])].sort((a, b) => b.ctime - a.ctime).find(({ size }) => size > 0);
  if (newest) return about(newest.size, 'as its newest backup there');
  const disk = facts?.guest.maxdisk ?? 0;
  if (disk === 0) return { bytes: 0, text: '', need: { atMost: 0 } };
  return {
    bytes: disk,
    text: `, at most about ${formatBytes(disk)}, the size of its disk`,
    need: { atMost: disk },
  };
}

function about(bytes: number, from: string): Estimate {
  return { bytes, text: `, about ${formatBytes(bytes)}, ${from}`, need: { bytes } };
}

/** Null when the storage does not say how much room it has. A backup server keeps only what is new. */
export function checkStorageSpace({ storage }: Facts, { need }: Estimate): Notice | null {
  const { avail, total, type } = storage;
  if (avail === undefined || total === undefined) return null;
  const atMost = 'bytes' in need ? need.bytes : need.atMost;
  return checkSpace(storage.storage, { available: avail, total }, type === 'pbs' ? { atMost } : need);
}
