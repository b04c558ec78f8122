import { type Artifact, type Level, reaches } from '../../core/model/artifact.js';
import { effectiveAges } from './effective-ages.js';

export const DAY_MS = 86_400_000;
/** Clocks of two machines, or of one before and after it was set, differ by so much without anybody's doing. */
const TOLERATED_MS = 3_600_000;

/** How many archives stay, and what makes one count. */
export interface RetentionRules {
  /** Null keeps everything. */
  readonly days: number | null;
  readonly minKeep: number;
  /** What an archive of this kind reaches right after a run. Only one that did may take another one's place. */
  readonly level: Level;
  readonly now: Date;
  /** Is it on the disk as the catalogue has it? */
  readonly isThere?: (artifact: Artifact) => boolean;
}

/** Which archives a run may delete, once its own new one is there and checked. */
export interface Retention {
  /** Oldest first. */
  readonly expired: readonly Artifact[];
  /** How many stay, the new one not counted. */
  readonly kept: number;
  readonly doubt: Doubt | null;
}

/** Why archives stay that would be too old by their dates. */
export type Doubt =
  /** This one is dated after now. */
  | { readonly what: 'future'; readonly at: string }
  /** Between these two nothing was made for far longer than usual; so many stay because of that. */
  | { readonly what: 'leap'; readonly from: string; readonly to: string; readonly count: number };

/**
 * Ages are counted from the newest intact archive and never from now, so that a long pause deletes nothing that was young
 * when it began; and a leap of the clock counts for no more than the usual time between two archives. The newest `minKeep`
 * intact ones stay (the new one counts as one of them), the newest one always. While one is dated in the future the clock
 * was wrong, then or now, and everything stays.
 * @param artifacts the archives of one origin that are still there
 */
export function retention(artifacts: readonly Artifact[], rules: RetentionRules): Retention {
  const { days, minKeep, level, now, isThere = () => true } = rules;
  const all = (doubt: Doubt | null): Retention => ({ expired: [], kept: artifacts.length, doubt });
  const dated = [...artifacts].sort((a, b) => timeOf(b) - timeOf(a));
  const intact = dated.filter((artifact) => reaches(artifact.verified, level) && isThere(artifact));
  const [newest] = intact;
  if (days === null || newest === undefined) return all(null);
  const [last] = dated;
  if (last && timeOf(last) > now.getTime() + TOLERATED_MS) return all({ what: 'future', at: last.createdAt });
  const safe = new Set([newest, ...intact.slice(0, Math.max(0, minKeep - 1))]);
  const { ages, leap } = effectiveAges(dated.map(timeOf), timeOf(newest), days * DAY_MS);
  const old = dated.filter(
    (artifact) =>
      isThere(artifact) && !safe.has(artifact) && timeOf(artifact) < timeOf(newest) - days * DAY_MS,
  );
  const expired = old.filter((artifact) => (ages.get(timeOf(artifact)) ?? 0) > days * DAY_MS);
  const count = old.length - expired.length;
  return {
    expired: expired.reverse(),
    kept: artifacts.length - expired.length,
    doubt:
      count > 0 && leap !== null ? { what: 'leap', from: isoOf(leap.from), to: isoOf(leap.to), count } : null,
  };
}

function timeOf({ createdAt }: Artifact): number {
  return Date.parse(createdAt);
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}

/** `33 days`: how old an archive is at `now`. */
export function ageOf(artifact: Artifact, now: Date): string {
  const days = Math.max(0, Math.floor((now.getTime() - Date.parse(artifact.createdAt)) / DAY_MS));
  return days === 1 ? '1 day' : `${days} days`;
}
