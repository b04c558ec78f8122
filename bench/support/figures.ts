/** One line of the table. */
export interface Figure {
  readonly what: string;
  /** `ms`, `s`, `MB`, `/s`, `bytes`. */
  readonly unit: string;
  /** By whose figure it is: `ours`, `bare`, `sapphire`, … */
  readonly values: Readonly<Record<string, number>>;
  /** The number that a target is set for; a figure without one is told for comparison only. */
  readonly judged?: Judged | undefined;
}

export interface Judged {
  /** Such as `ours ÷ bare`. */
  readonly what: string;
  readonly value: number;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** What one part found. `raw` holds the figures behind the figures: rounds, samples. */
export interface Findings {
  readonly figures: readonly Figure[];
  readonly raw: unknown;
}

/** A part of the bench. Rejects with {@link PartSkipped} when this machine lacks what it needs. */
export interface Part {
  readonly title: string;
  run(): Promise<Findings>;
}

/** This machine lacks something that the part needs; the message says what. */
export class PartSkipped extends Error {}

/** Null for a figure without a target. */
export function isMet({ judged }: Figure): boolean | null {
  if (!judged) return null;
  const { value, atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY } = judged;
  return value <= atMost && value >= atLeast;
}
