import * as z from 'zod';
import { code, phrase } from '../../core/model/phrase.js';
import type { Folder } from '../../core/ports/host.js';
import { ARCHIVE_MEMBERS, type FilesData } from '../files/data.js';

/** How the databases are read without Docker: in their folder on this host, which is proven to be theirs. */
export type Direct = {
  readonly folder: Folder;
  /** Writes the very archive that Docker would send to stdout, when it runs in the folder. */
  readonly read: readonly string[];
};

/** What plan() hands to run() and recover(): an archive like every other, and a container around it. */
export type PlexData = FilesData & {
  readonly container: string;
  /** Tried before `pack`; null where the folder is not proven to be the container's. */
  readonly direct: Direct | null;
  /** The archive's size in bytes as far as the last one tells; null before the first. */
  readonly expectedSize: number | null;
  /** The file and byte counts were measured, not taken from the last run. */
  readonly measured: boolean;
  /** How the databases are opened; null: `sqlite3` is not installed. */
  readonly sqlite: readonly string[] | null;
  /** Extracts members of the partial, whose names it reads from stdin as tar lists them. */
  readonly extract: readonly string[];
};

/** What the archives' names begin with. */
export const PREFIX = 'plex_db_backup';

export const PLEX_SCHEMA: z.ZodType<PlexData> = z.strictObject({
  ...ARCHIVE_MEMBERS,
  container: z.string(),
  direct: z
    .strictObject({
      folder: z.strictObject({ path: z.string(), id: z.string() }),
      read: z.array(z.string()),
    })
    .nullable(),
  expectedSize: z.number().nullable(),
  measured: z.boolean(),
  sqlite: z.array(z.string()).nullable(),
  extract: z.array(z.string()),
});

/** Indexes of the plan's steps: holding and putting back take one for each container. */
export function stepsOf({ quiesce }: PlexData) {
  const held = quiesce?.containers.length ?? 0;
  return { hold: 0, copy: held, release: held + 1, check: 2 * held + 1, clean: 2 * held + 2 } as const;
}

/** How a copy of running databases becomes a good one. */
export const PLEX_WAY_OUT = phrase`Set ${code('consistency: stop')} in the intent.`;
