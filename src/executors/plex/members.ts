import type { Member as Listed } from '../files/listing.js';
import { tarName } from '../shared/escapes.js';

/** One member of the archive. */
export interface Member {
  /** As tar lists it, which is how it is asked for. */
  readonly listed: string;
  /** Its name; null where it is no UTF-8. */
  readonly name: string | null;
  readonly isFile: boolean;
  readonly size: number;
}

export function memberOf({ name, type, size }: Listed): Member {
  return { listed: name, name: textOf(name), isFile: type === '-', size };
}

function textOf(listed: string): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(tarName(listed));
  } catch {
    return null;
  }
}

/** Plex names the copies of its databases by their day: `….db-2026-11-20`. */
const NAMED = /\.(?:db|db3|sqlite|sqlite3|sqlitedb)(?:-\d{4}-\d{2}-\d{2})?$/i;

/** Files beside a database that belong to its content. */
export const BESIDE = ['-wal', '-journal'] as const;

/** Is it called like a database? */
export function isNamed({ listed, isFile }: Member): boolean {
  return isFile && NAMED.test(listed);
}

/**
 * May it be a database under any other name? Its pages have at least 512 bytes and are all of one size, a power of two
 * (SQLite's file format, 1.3.2).
 */
export function mayBe({ isFile, size }: Member): boolean {
  return isFile && size >= 512 && size % 512 === 0;
}

/** Plex's own, or one with a log beside it: if it isn't SQLite's any more, then it is damaged. */
export function isSurely({ listed }: Member, all: ReadonlyMap<string, Member>): boolean {
  return /(?:^|\/)com\.plexapp\.[^/]*$/.test(listed) || all.has(`${listed}-wal`);
}
