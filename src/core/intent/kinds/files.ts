import * as z from 'zod';
import { described } from '../forms.js';
import { localDestination, localPath } from '../paths.js';
import { COMPRESSION, compressionOf } from './compression.js';
import { defineKind } from './kind.js';
import {
  BACKUP,
  consistency,
  consistencyField,
  exclude,
  folder,
  minFiles,
  RETENTION,
  requireMount,
  sourceMounts,
  targetFolder,
} from './shared.js';

/** A folder packed into an archive. */
export const files = defineKind({
  kind: 'files',
  action: 'backup',
  schema: z.strictObject({
    ...BACKUP,
    backup_type: described(z.literal('files'), 'What is backed up, and how.', 'files'),
    source: folder('The folder to back up.', '/srv/photos'),
    destination: targetFolder('The folder that the archives go to.', '/srv/backups/photos'),
    exclude,
    ...COMPRESSION,
    ...RETENTION,
    require_mount: requireMount,
    min_files: minFiles,
    source_mounts: sourceMounts,
    consistency,
  }),
  fields: (document, place) => ({
    source: place.resolved('source', localPath(document.source, place.folder)),
    destination: place.resolved('destination', localDestination(document.destination, place.folder)),
    exclude: document.exclude,
    ...compressionOf(document, place),
    retention_days: document.retention_days ?? null,
    min_keep: document.min_keep,
    require_mount: document.require_mount,
    ...(document.min_files === undefined ? {} : { min_files: document.min_files }),
    ...(document.source_mounts === undefined ? {} : { source_mounts: document.source_mounts }),
    ...consistencyField(document.consistency),
  }),
});
