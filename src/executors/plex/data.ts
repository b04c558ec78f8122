import * as z from 'zod';
import type { Folder } from '../../core/host.js';
import { ARCHIVE_MEMBERS, type FilesData } from '../files/data.js';

/** What is done to the container while its databases are copied; `none` also when it does not run. */
export type Hold = 'stop' | 'pause' | 'none';

/** How the databases are read without Docker: in their folder on this host, which is proven to be theirs. */
export type Direct = {
  readonly folder: Folder;
  /** Writes the very archive that Docker would send to stdout, when it runs in the folder. */
  readonly read: readonly string[];
};

export type StepId = 'hold' | 'copy' | 'release' | 'check' | 'clean';

/** What plan() hands to run() and recover(): an archive like every other, and a container around it. */
export type PlexData = FilesData & {
  readonly container: string;
  /** 64 hex digits; null when no container has to be touched. */
  readonly containerId: string | null;
  readonly hold: Hold;
  /** Tried before `pack`; null where the folder is not proven to be the container's. */
  readonly direct: Direct | null;
  /** Seconds between the request to end and the kill. */
  readonly stopSeconds: number;
  /** The steps in the order in which they run. */
  readonly steps: readonly StepId[];
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
  containerId: z.string().nullable(),
  hold: z.enum(['stop', 'pause', 'none']),
  direct: z
    .strictObject({
      folder: z.strictObject({ path: z.string(), id: z.string() }),
      read: z.array(z.string()),
    })
    .nullable(),
  stopSeconds: z.number(),
  steps: z.array(z.enum(['hold', 'copy', 'release', 'check', 'clean'])),
  expectedSize: z.number().nullable(),
  measured: z.boolean(),
  sqlite: z.array(z.string()).nullable(),
  extract: z.array(z.string()),
});
