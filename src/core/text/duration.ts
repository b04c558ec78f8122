const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of a whole number and its unit, such as `90s`, `5m`, `2h` or `1d`; null when it is nothing of the kind. */
export function secondsOf(text: string): number | null {
  const [, count, unit] = /^([1-9][0-9]{0,5})([smhd])$/.exec(text) ?? [];
  const size = SECONDS[unit ?? ''];
  return count === undefined || size === undefined ? null : Number(count) * size;
}

/** How long, as people write it (`30m`, `2h`, `3 d`), in ms; null when it is nothing of the kind. */
export function parseDuration(text: string): number | null {
  const [, count, unit] = /^\s*([1-9]\d{0,3})\s*([mhd])\s*$/i.exec(text) ?? [];
  const seconds = count === undefined ? null : secondsOf(`${count}${unit?.toLowerCase()}`);
  return seconds === null ? null : seconds * 1000;
}
