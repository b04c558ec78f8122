import * as z from 'zod';
import { described } from '../../documents/forms.js';
import { localDestination, localPath } from '../paths.js';
import { COMPRESSION, compressionOf } from './compression.js';
import { defineKind, type Place } from './kind.js';
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
  verify,
  verifyField,
} from './shared.js';

/** A folder packed into an archive, or kept as dated snapshots. */
export const files = defineKind({
  kind: 'files',
  action: 'backup',
  schema: z.strictObject({
    ...BACKUP,
    backup_type: described(z.literal('files'), 'What is backed up, and how.', 'files'),
    source: folder('The folder to back up.', '/srv/photos'),
    destination: targetFolder('The folder that the archives or snapshots go to.', '/srv/backups/photos'),
    exclude,
    ...COMPRESSION,
    ...RETENTION,
    require_mount: requireMount,
    min_files: minFiles,
    source_mounts: sourceMounts,
    consistency,
    verify,
    link_dest: described(
      z.boolean().default(false),
      'Keep a dated folder for each run in place of an archive; files that did not change are hard links.',
      true,
    ),
  }),
  fields: (document, place) => ({
    source: place.resolved('source', localPath(document.source, place.folder)),
    destination: place.resolved('destination', localDestination(document.destination, place.folder)),
    exclude: document.exclude,
    ...(document.link_dest ? uncompressed(place) : compressionOf(document, place)),
    retention_days: document.retention_days ?? null,
    min_keep: document.min_keep,
    require_mount: document.require_mount,
    ...(document.min_files === undefined ? {} : { min_files: document.min_files }),
    ...(document.source_mounts === undefined ? {} : { source_mounts: document.source_mounts }),
    ...consistencyField(document.consistency),
    ...(document.link_dest ? { link_dest: true as const, ...verifyField(document.verify) } : readBack(place)),
  }),
});

/** An archive is read back and compared with the checksum of what was written, so there is nothing to choose. */
function readBack(place: Place) {
  if (place.isWritten('verify')) {
    place.problem(
      ['verify'],
      'verify is for snapshots, and archives are always read back to the last byte.',
      'Remove verify, or add link_dest: true to keep snapshots.',
    );
  }
  return {};
}

/** A snapshot's files are as they are in the source, so fields of an archive can't be meant. */
function uncompressed(place: Place) {
  for (const field of ['compress', 'compress_level']) {
    if (!place.isWritten(field)) continue;
    place.problem(
      [field],
      `${field} is for archives, and with link_dest snapshots are kept.`,
      `Remove ${field}, or remove link_dest to make archives.`,
    );
  }
  return { compress: 'none' as const };
}
