/** What a backup leaves behind: an archive, a dump, a mirror. */
export interface Artifact {
  readonly runId: string;
  readonly intent: string;
  /** Absolute path on its host, or the destination as the intent names it. */
  readonly path: string;
  readonly kind: 'archive' | 'mirror';
  /** Bytes on disk. */
  readonly size: number;
  /** Hex; null for a mirror. */
  readonly sha256: string | null;
  /** Files inside. */
  readonly files: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** The quick check passed. */
  readonly verified: boolean;
  readonly deletedAt: string | null;
}

export type NewArtifact = Omit<Artifact, 'runId' | 'intent' | 'deletedAt'>;
