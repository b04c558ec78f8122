import type { Artifact } from '../../core/model/artifact.js';
import type { Notice } from '../../core/model/reasons.js';
import { formatBytes } from '../../core/text/format.js';
import { checkSpace, type Need } from '../shared/space.js';
import type { Facts } from './facts.js';

/** How large the new backup will be: never known, only estimated. Bytes. */
export interface Estimate {
  readonly bytes: number;
  /** The end of a sentence, with where the number comes from. */
  readonly text: string;
  readonly need: Need;
}

/** From the last backup; before the first one, at most the size of what goes into it. */
export function estimateSize(facts: Facts | null, artifacts: readonly Artifact[], storage: string): Estimate {
  const last = artifacts.filter(({ path }) => path.startsWith(`${storage}:`)).at(-1)?.size;
  if (last !== undefined) return about(last, 'as last time');
  const newest = [...(facts?.backups ?? [])].sort((a, b) => b.ctime - a.ctime).find(({ size }) => size > 0);
  if (newest) return about(newest.size, 'as its newest backup there');
  const { parts } = facts?.about ?? { parts: null };
  if (parts?.bytes) {
    const disks = parts.included.length === 1 ? 'disk' : `${parts.included.length} disks`;
    const text = `, at most about ${formatBytes(parts.bytes)}, the size of its ${disks}`;
    return { bytes: parts.bytes, text, need: { atMost: parts.bytes } };
  }
  // Proxmox's list knows the first disk only.
  const first = facts?.guest.maxdisk ?? 0;
  const text = first === 0 ? '' : `; its first disk has ${formatBytes(first)}`;
  return { bytes: first, text, need: { atMost: first } };
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
