const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** How long, as people write it (`30m`, `2h`, `3d`), in ms; null when it is nothing of the kind. */
export function parseDuration(text: string): number | null {
  const [, count, unit] = /^\s*([1-9]\d{0,3})\s*([mhd])\s*$/i.exec(text) ?? [];
  const size = UNITS[unit?.toLowerCase() ?? ''];
  return count === undefined || size === undefined ? null : Number(count) * size;
}
