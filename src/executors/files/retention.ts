import { type Artifact, reaches } from '../../core/artifact.js';

const DAY_MS = 86_400_000;

/** Which archives a run may delete, once its own new one is there and checked. */
export interface Retention {
  /** Oldest first. */
  readonly expired: readonly Artifact[];
  /** How many stay, the new one not counted. */
  readonly kept: number;
}

/**
 * Ages are counted from the newest verified archive and never from now, so that a long pause deletes
 * nothing that was young when it began. The newest `minKeep` stay (the new one counts as one of them), the
 * newest verified one always; dates in the future are neither trusted nor deleted.
 * @param artifacts this intent's archives that are still there
 * @param days null keeps everything
 */
export function retention(
  artifacts: readonly Artifact[],
  days: number | null,
  minKeep: number,
  now: Date,
): Retention {
  const dated = artifacts
    .filter(({ createdAt }) => Date.parse(createdAt) <= now.getTime())
    .sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  const newest = dated.find(({ verified }) => reaches(verified, 'listed'));
  if (days === null || newest === undefined) return { expired: [], kept: artifacts.length };
  const oldest = Date.parse(newest.createdAt) - days * DAY_MS;
  const verified = dated.filter(({ verified }) => reaches(verified, 'listed'));
  const safe = new Set([newest, ...verified.slice(0, Math.max(0, minKeep - 1))]);
  const expired = dated
    .filter((artifact) => Date.parse(artifact.createdAt) < oldest && !safe.has(artifact))
    .reverse();
  return { expired, kept: artifacts.length - expired.length };
}

/** `33 days`: how old an archive is at `now`. */
export function ageOf(artifact: Artifact, now: Date): string {
  const days = Math.max(0, Math.floor((now.getTime() - Date.parse(artifact.createdAt)) / DAY_MS));
  return days === 1 ? '1 day' : `${days} days`;
}
