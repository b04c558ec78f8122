import { readable } from './names.js';

/** What rsync says of one entry of the source. */
export interface Seen {
  /** `f`, `d`, `L` (symlink), `D` (device) or `S` (FIFO, socket). */
  readonly type: string;
  /** The flags behind update and type: `cstpoguax`; all `+` for what is new. */
  readonly flags: string;
  readonly size: number;
  /** Relative to the source, without a slash at the end; as people read it. */
  readonly name: string;
  /** The name is valid UTF-8. */
  readonly isText: boolean;
}

const LINE = /^[<>ch.]([fdLDS])([^|]{7,9}) *\|(\d+)\|(?:\d{4}\/\d\d\/\d\d-\d\d:\d\d:\d\d\|)?(.*)$/;

/** A line of a dry run as an entry; null for any other line, and for the source's own folder. */
export function seenIn(line: string): Seen | null {
  const [, type, flags, size, printed] = LINE.exec(line) ?? [];
  if (type === undefined || flags === undefined || printed === undefined || printed === './') return null;
  const name = readable(printed);
  const isText = name !== printed || !/\\#[2-3][0-7]{2}/.test(printed);
  return { type, flags, size: Number(size), name: name.replace(/\/$/, ''), isText };
}
