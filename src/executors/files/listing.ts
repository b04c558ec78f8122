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

/** Type, owner, size (or a device's numbers), the time: date, clock and its fraction; name. */
const MEMBER = /^(\S)\S+ +\d+\/\d+ +(\d+)(?:,\d+)? +((\S+) (\d\d:\d\d:\d\d)(?:\.(\d+))?) (.*)$/;

/**
 * Reads one list, line by line; gives null for a line of another kind. tar cuts zeros off the end of a fraction, and then
 * fills the time up with spaces to the longest one that it has printed, as if they belonged to the name.
 */
export function memberReader(): (line: string) => Member | null {
  let longest = 0;
  return (line) => {
    const [, type, size, stamp = '', date, clock, fraction = '', rest] = MEMBER.exec(line) ?? [];
    if (type === undefined || rest === undefined) return null;
    longest = Math.max(longest, stamp.length);
    const mtimeMs = Date.parse(`${date}T${clock}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
    return { type, size: Number(size), mtimeMs, name: rest.slice(longest - stamp.length) };
  };
}
