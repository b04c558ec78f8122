/** What a line of tar's verbose list tells. */
export interface Member {
  /** As ls(1) writes it; `h` is a hard link to another member. */
  readonly type: string;
  /** Bytes; of a device, nothing that means anything. */
  readonly size: number;
  /** As tar quotes it; of a link, with what it leads to. */
  readonly name: string;
}

/** Type, owner, size (or a device's numbers), date, time, name. */
const MEMBER = /^(\S)\S+ +\d+\/\d+ +(\d+)(?:,\d+)? +\S+ \S+ (.*)$/;

/** Null for a line of another kind. */
export function memberIn(line: string): Member | null {
  const [, type, size, name] = MEMBER.exec(line) ?? [];
  if (type === undefined || size === undefined || name === undefined) return null;
  return { type, size: Number(size), name };
}
