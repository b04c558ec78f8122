import * as z from 'zod';
import { QUIESCE_SCHEMA, type Quiesce } from '../quiesce/data.js';
import type { SourceMounts } from '../shared/source-mounts.js';

/** What plan() hands to run() and recover(). Sizes are bytes. */
export type FilesData = {
  readonly source: string;
  /** The source with its symlinks resolved, which is what is packed; null where that is no path of this host. */
  readonly real: string | null;
  readonly destination: string;
  readonly archive: string;
  /** Written first, renamed to `archive` once it is whole and checked. */
  readonly partial: string;
  /** The destination's folder is not there yet. */
  readonly createsFolder: boolean;
  readonly exclude: readonly string[];
  /** Commands whose output, from one to the next, becomes the archive. */
  readonly pack: readonly (readonly string[])[];
  /** Which of them writes the tar stream. */
  readonly streamFrom: number;
  /** Commands that read the partial back, from one to the next; the last one lists what is inside. */
  readonly read: readonly (readonly string[])[];
  /** What the preview counted; what is said in the end is counted from the archive. */
  readonly files: number;
  readonly bytes: number;
  readonly streamBytes: number;
  /** The archive's size as far as it is known, else its upper bound. */
  readonly neededBytes: number;
  /** Null where the kernel doesn't tell. */
  readonly mounts: SourceMounts | null;
  /** Names and versions of the tools, for the manifest. */
  readonly tools: { readonly [name: string]: string };
  readonly deletions: readonly Deletion[];
  /** Archives that stay, the new one included. */
  readonly kept: number;
  /** Null: the containers go on as they are. */
  readonly quiesce: Quiesce | null;
  /** Containers that go on writing while it is copied, as far as the preview could see. */
  readonly live: readonly string[];
};

/** An old archive that is deleted, with its manifest when it has one. */
export type Deletion = { readonly archive: string; readonly manifest: string | null };

export const MANIFEST_SUFFIX = '.manifest.json';

export const MOUNTS_SCHEMA = z.strictObject({ real: z.string(), points: z.array(z.string()) }).nullable();

/** Members of a part's working data that an archive has, whoever makes it. */
export const ARCHIVE_MEMBERS = {
  source: z.string(),
  real: z.string().nullable(),
  destination: z.string(),
  archive: z.string(),
  partial: z.string(),
  createsFolder: z.boolean(),
  exclude: z.array(z.string()),
  pack: z.array(z.array(z.string())),
  streamFrom: z.number(),
  read: z.array(z.array(z.string())),
  files: z.number(),
  bytes: z.number(),
  streamBytes: z.number(),
  neededBytes: z.number(),
  mounts: MOUNTS_SCHEMA,
  tools: z.record(z.string(), z.string()),
  deletions: z.array(z.strictObject({ archive: z.string(), manifest: z.string().nullable() })),
  kept: z.number(),
  quiesce: QUIESCE_SCHEMA.nullable(),
  live: z.array(z.string()),
} as const;

export const FILES_SCHEMA: z.ZodType<FilesData> = z.strictObject(ARCHIVE_MEMBERS);
