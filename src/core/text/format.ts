const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** Bytes as people read them: `604 MiB`, `1.8 GiB`. Below 10 one decimal, above none. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  if (unit > 0 && Math.round(value) >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** Milliseconds as people read them: `0.4 s`, `52 s`, `2 min 10 s`, `3 h 5 min`, `12 days`. */
export function formatDuration(ms: number): string {
  const clean = Math.max(0, ms);
  if (clean < 10_000) return `${(Math.floor(clean / 100) / 10).toString()} s`;
  const seconds = Math.round(clean / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${Math.floor(hours / 24)} days`;
}

const NUMBERS = new Intl.NumberFormat('en-US');

/** A count with its noun: `1 file`, `214 files`, `20,000 files`. */
export function formatCount(count: number, noun: string, plural = `${noun}s`): string {
  // Most counts are small, and have no comma.
  return `${count < 1000 ? count : NUMBERS.format(count)} ${count === 1 ? noun : plural}`;
}
