/** What a proof is given. */
export interface ProofOptions {
  /** One number for each round or history; the same number makes the same one. */
  readonly seeds: readonly number[];
  /** How long it may take; `signal` is aborted when that time is over. */
  readonly minutes: number;
  /** One part of it, such as an executor, by a name that the proof knows; null: all. */
  readonly only: string | null;
  /** A line for people. What fails is told here with its seed. */
  readonly log: (line: string) => void;
  /** Aborted when the time is over, and on Ctrl-C: end early, clean up, and tell what was found so far. */
  readonly signal: AbortSignal;
}

export interface ProofResult {
  /** False after the first violation of what is proven. */
  readonly ok: boolean;
  /** What was counted and measured, by its name. */
  readonly figures: Readonly<Record<string, string | number>>;
}

/** Something that takes too long to be shown by a test: each file of prove/ exports one as `proof`. */
export interface Proof {
  /** One line: what it shows. */
  readonly description: string;
  run(options: ProofOptions): Promise<ProofResult>;
}
