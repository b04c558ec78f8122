/** More than so many times the usual time between two archives is a leap of the clock, or a long pause. */
const FAR_BEYOND = 20;
/** Two archives within an hour are one attempt that was repeated, and say nothing of what is usual. */
const REPEATED_MS = 3_600_000;
const SHORTEST_LEAP_MS = 2 * 86_400_000;
/** What counts as usual at most where only two archives are there. */
const UNUSUAL_MS = 18 * 86_400_000;

/** A time in which no archive was made although many would have been. */
export interface Leap {
  readonly from: number;
  readonly to: number;
}

/**
 * How old archives are by the time in which archives were made: a leap between two of them counts for no more than what is
 * usual between the others.
 * @param times newest first
 * @param days after how many ms one is too old
 */
export function effectiveAges(
  times: readonly number[],
  newest: number,
  days: number,
): { readonly ages: ReadonlyMap<number, number>; readonly leap: Leap | null } {
  const ages = new Map<number, number>();
  const gaps = times.slice(1).map((time, index) => (times[index] ?? time) - time);
  const usualOf = usualBeside(gaps);
  let leap: Leap | null = null;
  let age = 0;
  for (const [index, time] of times.entries()) {
    const gap = index === 0 ? 0 : (gaps[index - 1] ?? 0);
    const usual = usualOf(gap);
    const isLeap = gap > Math.max(SHORTEST_LEAP_MS, FAR_BEYOND * (usual ?? Math.max(days, UNUSUAL_MS)));
    if (isLeap) leap ??= { from: time, to: time + gap };
    // What is newer than the newest intact one is not counted from.
    if (time < newest) age += isLeap ? (usual ?? 0) : Math.min(gap, newest - time);
    ages.set(time, age);
  }
  return { ages, leap };
}

/** What is usual where one of the gaps is left out: what nine of ten keep to; null when there is nothing to go by. */
function usualBeside(gaps: readonly number[]): (gap: number) => number | null {
  const sorted = gaps.filter((gap) => gap > REPEATED_MS).sort((a, b) => a - b);
  return (gap) => {
    const others = gap > REPEATED_MS ? sorted.length - 1 : sorted.length;
    const at = Math.ceil(others * 0.9) - 1;
    const found = sorted[at];
    // What is left out stands at or before this one, so that the next one takes its place.
    const isShifted = gap > REPEATED_MS && found !== undefined && found >= gap;
    return (others === 0 ? undefined : isShifted ? sorted[at + 1] : found) ?? null;
  };
}
