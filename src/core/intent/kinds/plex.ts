import * as z from 'zod';
import { checked, described, name } from '../../documents/forms.js';
import {
  containerDestination,
  containerFault,
  containerPath,
  localDestination,
  localDestinationFault,
  localFault,
  localPath,
} from '../paths.js';
import { COMPRESSION, compressionOf } from './compression.js';
import { defineKind, type Place } from './kind.js';
import { BACKUP, RETENTION, requireMount, sourceMounts } from './shared.js';

/** Where Plex's official image and linuxserver's keep the databases. */
const DATABASES = '/config/Library/Application Support/Plex Media Server/Plug-in Support/Databases';

const container = name('plex');

/** Plex's live databases, packed into an archive. */
export const plex = defineKind({
  kind: 'plex',
  action: 'backup',
  schema: z.strictObject({
    ...BACKUP,
    backup_type: described(z.string().optional(), 'What is backed up, and how.', 'plex'),
    database_type: described(z.literal('plex').optional(), 'Whose database this is.', 'plex'),
    source_container: described(container.default('plex'), 'The container that Plex runs in.', 'plex'),
    source_path: described(
      checked(containerFault).optional(),
      'The folder with the databases inside the container; Plex’s own when left out.',
      DATABASES,
    ),
    source: described(
      checked(localFault).optional(),
      'The folder with the databases on this host, instead of source_path.',
      '/srv/plex/Databases',
    ),
    destination: described(
      checked(localDestinationFault).optional(),
      'The folder that the archives go to.',
      '/srv/backups/plex',
    ),
    destination_path: described(
      checked(localDestinationFault).optional(),
      'The same as destination; with destination_container, a folder inside that container.',
      '/backups',
    ),
    destination_container: described(
      container.optional(),
      'A container that the archives are put into.',
      'backup',
    ),
    consistency: described(
      z.enum(['stop', 'pause', 'none']).default('stop'),
      'What happens to the container while its databases are copied.',
      'stop',
    ),
    ...COMPRESSION,
    ...RETENTION,
    require_mount: requireMount,
    source_mounts: sourceMounts,
  }),
  fields: (document, place) => ({
    source_container: document.source_container,
    ...source(document, place),
    destination: destination(document, place),
    destination_container: document.destination_container ?? null,
    consistency: document.consistency,
    ...compressionOf(document, place),
    retention_days: document.retention_days ?? null,
    min_keep: document.min_keep,
    require_mount: document.require_mount,
    ...mounts(document, place),
  }),
});

interface Written {
  readonly source?: string | undefined;
  readonly source_path?: string | undefined;
  readonly source_mounts?: string[] | undefined;
  readonly destination?: string | undefined;
  readonly destination_path?: string | undefined;
  readonly destination_container?: string | undefined;
}

function source({ source, source_path }: Written, place: Place) {
  if (source === undefined) {
    const path = place.resolved('source_path', containerPath(source_path ?? DATABASES));
    return { source: null, source_path: path };
  }
  if (source_path !== undefined) {
    place.problem(
      ['source_path'],
      'source and source_path are both there, and each names the folder with the databases.',
      'Keep source for a folder on this host, or source_path for one inside the container.',
    );
  }
  return { source: place.resolved('source', localPath(source, place.folder)), source_path: null };
}

function mounts({ source, source_mounts }: Written, place: Place) {
  if (source_mounts === undefined) return {};
  if (source === undefined) {
    place.problem(
      ['source_mounts'],
      'source_mounts names mounts of this host, and the databases are read inside the container.',
      'Remove it, or name the folder on this host with source.',
    );
  }
  return { source_mounts };
}

function destination({ destination, destination_path, destination_container }: Written, place: Place) {
  if (destination !== undefined && destination_path !== undefined) {
    place.problem(
      ['destination_path'],
      'destination and destination_path are both there, and they mean the same.',
      'Keep one of them.',
    );
  }
  const field = destination === undefined ? 'destination_path' : 'destination';
  const value = destination ?? destination_path;
  if (value === undefined) {
    place.problem(
      ['destination'],
      'destination is missing.',
      'Add a line such as destination: /srv/backups/plex.',
    );
    return '';
  }
  return place.resolved(
    field,
    destination_container === undefined ? localDestination(value, place.folder) : containerDestination(value),
  );
}
