import type { DockerVolumesFields, FilesFields } from '../../core/model/fields.js';
import { checkCommand, copyCommand, syncCommand } from '../docker-volumes/commands.js';
import type { MirrorData } from '../docker-volumes/data.js';

/** A snapshot's fields as those of a mirror: what rsync is asked is the same. Holes stay holes. */
export function mirrorFields(fields: FilesFields, destination: string): DockerVolumesFields {
  const { source, exclude, require_mount, verify } = fields;
  return {
    ...{ source, destination, exclude, require_mount, ...(verify ? { verify } : {}) },
    ...{ options: ['--sparse'], mirror: false, max_delete: 0, password_secret: null },
  };
}

/** The commands of a run. A snapshot begins empty, so there is nothing to delete. */
export function snapshotCommands(
  fields: DockerVolumesFields,
  partial: string,
  base: string | null,
): Pick<MirrorData, 'copy' | 'sync' | 'remove' | 'look' | 'folderTimes' | 'removeByRules' | 'check'> {
  const to = { ...fields, destination: partial };
  // Absolute, as rsync takes it to be relative to the new folder.
  const links = base === null ? [] : [`--link-dest=${base}`];
  // What the earlier snapshot has damaged would be linked again each time, and found each time.
  const reads = fields.verify === 'checksum' ? ['--checksum'] : [];
  return {
    copy: copyCommand({ ...to, options: [...fields.options, ...reads, ...links] }, 0, {
      fsync: false,
      info: true,
    }),
    sync: syncCommand(partial),
    check: checkCommand(to),
    ...{ remove: [], look: [], folderTimes: [], removeByRules: [] },
  };
}
