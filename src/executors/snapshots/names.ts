import { MANIFEST_SUFFIX } from '../files/data.js';
import { stampOf } from '../files/names.js';

/** Day and time, perhaps what parameters decide, perhaps a number. */
const SNAPSHOT = /^(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)(?:_[A-Za-z0-9.+-]+)?(?:-\d+)?$/;
const PARTIAL = '.partial';
const DELETING = '.deleting';

/** `<yyyymmdd>_<hhmmss>`, in UTC; what parameters decide comes after it. */
export function snapshotName(at: Date, label: string): string {
  return label === '' ? stampOf(at) : `${stampOf(at)}_${label}`;
}

/** When a snapshot of this name was made; null: it is no name of ours. */
export function readSnapshotName(name: string): Date | null {
  const [, ...parts] = SNAPSHOT.exec(name) ?? [];
  const [year, month, day, hour, minute, second] = parts;
  if (year === undefined || isHalfDone(name)) return null;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** The folder that is being written, and may lack anything. */
export function partialOf(snapshot: string): string {
  return snapshot + PARTIAL;
}

/** What a snapshot is called while it is deleted: from the first moment on it can't be taken for a complete one. */
export function deletingOf(snapshot: string): string {
  return snapshot + DELETING;
}

/** Labels may have dots. */
function isHalfDone(name: string): boolean {
  return name.endsWith(PARTIAL) || name.endsWith(DELETING);
}

/** What a snapshot, its partial and its manifest have in common. */
export function stemOf(name: string): string {
  const suffix = [MANIFEST_SUFFIX, PARTIAL, DELETING].find((one) => name.endsWith(one)) ?? '';
  return name.slice(0, name.length - suffix.length);
}
