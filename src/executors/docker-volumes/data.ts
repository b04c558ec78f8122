import * as z from 'zod';
import { QUIESCE_SCHEMA, type Quiesce } from '../quiesce/data.js';
import type { SourceMounts } from '../shared/source-mounts.js';
import type { Probe } from './probe-commands.js';

/** What plan() hands to run() and recover(). Sizes are bytes; paths as rsync prints them (see names.ts). */
export type MirrorData = {
  readonly source: string;
  readonly destination: string;
  readonly passwordSecret: string | null;
  /** Deleted right before the copy, or by it: they lie where the source has something that is no folder any more. */
  readonly inTheWay: readonly string[];
  /** Deleted after copying. */
  readonly deletions: readonly string[];
  /** Deleted by the copy as well, each itself replaced by something of another type. */
  readonly replaced: readonly string[];
  readonly copy: readonly string[];
  readonly sync: readonly string[];
  /** Empty where only {@link MirrorData.removeByRules} will do. */
  readonly remove: readonly string[];
  readonly look: readonly string[];
  /** Empty where folders' times are not kept. */
  readonly folderTimes: readonly string[];
  readonly removeByRules: readonly string[];
  readonly check: readonly string[];
  readonly files: number;
  readonly totalBytes: number;
  readonly transfers: number;
  readonly transferBytes: number;
  /** Of the transfers, what the destination has nothing of. */
  readonly created: number;
  /** Of the others, what is newer at the destination. */
  readonly newer: number;
  readonly neededBytes: number;
  /** How the destination is tried first; null where its file system's type tells what it holds. */
  readonly probe: Probe | null;
  /** Null where the kernel doesn't tell. */
  readonly mounts: SourceMounts | null;
  /** Null: the containers go on as they are. */
  readonly quiesce: Quiesce | null;
  /** Containers that go on writing while it is copied, as far as the preview could see. */
  readonly live: readonly string[];
};

export const MIRROR_SCHEMA: z.ZodType<MirrorData> = z.strictObject({
  source: z.string(),
  destination: z.string(),
  passwordSecret: z.string().nullable(),
  inTheWay: z.array(z.string()),
  deletions: z.array(z.string()),
  replaced: z.array(z.string()),
  copy: z.array(z.string()),
  sync: z.array(z.string()),
  remove: z.array(z.string()),
  look: z.array(z.string()),
  folderTimes: z.array(z.string()),
  removeByRules: z.array(z.string()),
  check: z.array(z.string()),
  files: z.number(),
  totalBytes: z.number(),
  transfers: z.number(),
  transferBytes: z.number(),
  created: z.number(),
  newer: z.number(),
  neededBytes: z.number(),
  probe: z
    .strictObject({
      ...{ folder: z.string(), name: z.string(), copy: z.array(z.string()), check: z.array(z.string()) },
      ...{ remove: z.array(z.string()), list: z.array(z.string()) },
    })
    .nullable(),
  mounts: z.strictObject({ real: z.string(), points: z.array(z.string()) }).nullable(),
  quiesce: QUIESCE_SCHEMA.nullable(),
  live: z.array(z.string()),
});
