const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

const FORMATS: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  t: { timeStyle: 'short' },
  T: { timeStyle: 'medium' },
  d: { dateStyle: 'short' },
  D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' },
  F: { dateStyle: 'full', timeStyle: 'short' },
};

/** How far off an instant is, in words: "in 15 minutes". */
export function relativeTime(seconds: number, nowMs: number, locale?: string): string {
  const off = seconds - Math.floor(nowMs / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(off) >= length) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(locale, { numeric: 'always' }).format(Math.trunc(off / size), unit);
}

/** An instant in the reader's own time, in one of Discord's styles. */
export function timeText(seconds: number, style: string, nowMs: number): string {
  if (style === 'R') return relativeTime(seconds, nowMs);
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return 'Invalid Date';
  return new Intl.DateTimeFormat(undefined, FORMATS[style] ?? FORMATS.f).format(date);
}
