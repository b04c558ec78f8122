/** One thing that must be so before ChatOps can do its work. */
export interface ReadyCheck {
  /** `store`, `discord`, `shutdown`. */
  readonly name: string;
  readonly ok: boolean;
  /** A sentence: what is so, and what would help when it is not ok. */
  readonly detail: string;
}

/** Is ChatOps ready? Warnings, such as broken intent files, don't make it unready. */
export interface Readiness {
  readonly checks: readonly ReadyCheck[];
  readonly warnings: readonly string[];
}
