/** The bytes that a text such as `1.8 GiB` can stand for, from and to. */
export function bytesMeant(text: string): readonly [number, number] {
  const [, digits = '0', unit = 'B'] = /^([\d.,]+) (B|KiB|MiB|GiB|TiB)$/.exec(text) ?? [];
  const factor = 1024 ** ['B', 'KiB', 'MiB', 'GiB', 'TiB'].indexOf(unit);
  const value = Number(digits.replaceAll(',', ''));
  const half = unit === 'B' ? 0 : digits.includes('.') ? 0.051 : 0.51;
  return [(value - half) * factor, (value + half) * factor];
}

/** Can the text stand for a number of bytes between these two? */
export function meansBetween(text: string, least: number, most: number): boolean {
  const [from, to] = bytesMeant(text);
  return to >= least && from <= most;
}

/** `2,010` and `no` as numbers. */
export function countMeant(text: string | undefined): number {
  if (text === undefined) return 0;
  return text === 'no' || text === 'No' ? 0 : Number(text.replaceAll(',', ''));
}
