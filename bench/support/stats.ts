/** What a set of samples is like. All in the samples' unit. */
export interface Summary {
  readonly n: number;
  readonly min: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** The nearest-rank quantile; `share` from 0 to 1. NaN for no samples. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

export function summaryOf(samples: readonly number[]): Summary {
  return {
    n: samples.length,
    min: rounded(quantile(samples, 0)),
    p50: rounded(median(samples)),
    p99: rounded(quantile(samples, 0.99)),
    max: rounded(quantile(samples, 1)),
  };
}

/** Three significant digits, and all digits before the point. */
export function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
