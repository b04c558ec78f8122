import * as z from 'zod';
import { MIRROR_SCHEMA, type MirrorData } from '../docker-volumes/data.js';
import type { Deletion } from '../files/data.js';
import { QUIESCE_SCHEMA, type Quiesce } from '../quiesce/data.js';

/** What plan() hands to run() and recover(). Sizes are bytes. */
export type SnapshotData = {
  /** Tells these data from those of an archive, of the same kind. */
  readonly shape: 'snapshot';
  /** The folder in which the snapshots are. */
  readonly destination: string;
  readonly snapshot: string;
  /** Written first, renamed to `snapshot` once it is complete and checked. */
  readonly partial: string;
  /** The earlier snapshot whose files are linked; null: there is none. */
  readonly base: string | null;
  /** The copy as rsync makes it: its commands write to `partial`, its destination is what that will be called. */
  readonly mirror: MirrorData;
  /** Files that the source and the earlier snapshot have alike, as the preview counted them. */
  readonly linked: number;
  /** The destination's folder is not there yet. */
  readonly createsFolder: boolean;
  readonly exclude: readonly string[];
  readonly neededBytes: number;
  /** Names and versions of the tools, for the manifest. */
  readonly tools: { readonly [name: string]: string };
  readonly deletions: readonly Deletion[];
  /** Snapshots that stay, the new one included. */
  readonly kept: number;
  /** Null: the containers go on as they are. */
  readonly quiesce: Quiesce | null;
  /** Containers that go on writing while it is copied, as far as the preview could see. */
  readonly live: readonly string[];
};

export const SNAPSHOT_SCHEMA: z.ZodType<SnapshotData> = z.strictObject({
  shape: z.literal('snapshot'),
  destination: z.string(),
  snapshot: z.string(),
  partial: z.string(),
  base: z.string().nullable(),
  mirror: MIRROR_SCHEMA,
  linked: z.number(),
  createsFolder: z.boolean(),
  exclude: z.array(z.string()),
  neededBytes: z.number(),
  tools: z.record(z.string(), z.string()),
  deletions: z.array(z.strictObject({ archive: z.string(), manifest: z.string().nullable() })),
  kept: z.number(),
  quiesce: QUIESCE_SCHEMA.nullable(),
  live: z.array(z.string()),
});
