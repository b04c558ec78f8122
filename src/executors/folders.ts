import type { PlanPart } from '../core/model/plan.js';
import type { Executor } from '../core/ports/executor.js';
import type { FilesData } from './files/data.js';
import { files } from './files/executor.js';
import type { SnapshotData } from './snapshots/data.js';
import { snapshots } from './snapshots/executor.js';

type FolderData = FilesData | SnapshotData;

/** What is meant by `backup_type: files`: archives, or with `link_dest` snapshots. */
export const folders: Executor<'files', FolderData> = {
  kind: 'files',
  data: {
    version: 2,
    schema: async () => {
      const { FILES_SCHEMA } = await import('./files/data.js');
      const { SNAPSHOT_SCHEMA } = await import('./snapshots/data.js');
      return SNAPSHOT_SCHEMA.or(FILES_SCHEMA);
    },
    // Snapshots are younger than that.
    earlier: (data, version) => files.data?.earlier?.(data, version) ?? data,
  },
  places: (fields) => files.places?.(fields) ?? [],
  plan: (fields, ctx) => (fields.link_dest ? snapshots : files).plan(fields, ctx),
  run: (part, ctx) => (isSnapshot(part) ? snapshots.run(part, ctx) : files.run(asArchive(part), ctx)),
  recover: (part, journal, ctx) =>
    isSnapshot(part) ? snapshots.recover(part, journal, ctx) : files.recover(asArchive(part), journal, ctx),
};

function isSnapshot(part: PlanPart<FolderData>): part is PlanPart<SnapshotData> {
  return 'shape' in part.data;
}

/** Whatever is no snapshot. */
function asArchive(part: PlanPart<FolderData>): PlanPart<FilesData> {
  return part as PlanPart<FilesData>;
}
