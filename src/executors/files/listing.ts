/** What a line of tar's verbose list tells. */
export interface Member {
  /** As ls(1) writes it; `h` is a hard link to another member. */
  readonly type: string;
  /** Bytes; of a device, nothing that means anything. */
  readonly size: number;
  /** Milliseconds since 1970, UTC, rounded down. */
  readonly mtimeMs: number;
  /** As tar quotes it; of a link, with what it leads to. */
  readonly name: string;
}

/** Type, owner, size (or a device's numbers), date, time with its fraction, name. */
const MEMBER = /^(\S)\S+ +\d+\/\d+ +(\d+)(?:,\d+)? +(\S+) (\d\d:\d\d:\d\d)(?:\.(\d+))? (.*)$/;

/** Null for a line of another kind. */
export function memberIn(line: string): Member | null {
  const [, type, size, date, time, fraction = '', name] = MEMBER.exec(line) ?? [];
  if (type === undefined || name === undefined) return null;
  const mtimeMs = Date.parse(`${date}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  return { type, size: Number(size), mtimeMs, name };
}
