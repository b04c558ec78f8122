/**
 * What was looked at to say that an artifact is good, each level more than the one before. `none`: nothing, or the check
 * failed. `listed`: it is where it should be, with the size (and for a mirror the time of every file) that it should have.
 * `read`: every byte was read back, and is what was written. `opened`: what is inside was opened by its own tool, too.
 * `restored`: it was brought back elsewhere and compared.
 */
export const LEVELS = ['none', 'listed', 'read', 'opened', 'restored'] as const;
export type Level = (typeof LEVELS)[number];

/** Was at least so much looked at? */
export function reaches(level: Level, wanted: Level): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(wanted);
}

/** What a backup leaves behind: an archive, a dump, a mirror, a snapshot. */
export interface Artifact {
  readonly runId: string;
  readonly intent: string;
  /** Absolute path on its host, or the destination as the intent names it. */
  readonly path: string;
  readonly kind: 'archive' | 'mirror' | 'snapshot';
  /** Bytes on disk; of a mirror and a snapshot, those of the files in it. */
  readonly size: number;
  /** Hex; null for a mirror and a snapshot. */
  readonly sha256: string | null;
  /** Files inside. */
  readonly files: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly verified: Level;
  readonly deletedAt: string | null;
  /** What it belongs to (see origin.ts), as text; null where nothing but the intent's name tells. */
  readonly origin: string | null;
}

export type NewArtifact = Omit<Artifact, 'runId' | 'intent' | 'deletedAt' | 'origin'>;
