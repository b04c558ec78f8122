/** What is kept, by age and by number. Instants are ISO 8601. */
export interface Limit {
  readonly before: string;
  readonly atMost: number;
}

export interface Retention {
  /** Runs that did something. */
  readonly runs: Limit;
  /** Dry runs, and previews that never began. */
  readonly previews: Limit;
  /** Plans, logs and journals of runs. */
  readonly details: Limit;
  /** Rows of the audit trail in the database. */
  readonly audit: Limit;
  /** Records of archives that were deleted before. */
  readonly artifactsBefore: string;
  /** Webhooks that were handled before. */
  readonly deliveriesBefore: string;
}

/** How much was removed; of the audit trail: moved into files. */
export interface PruneReport {
  readonly runs: number;
  readonly previews: number;
  readonly details: number;
  readonly auditRows: number;
}
