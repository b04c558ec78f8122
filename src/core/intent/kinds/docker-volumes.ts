import * as z from 'zod';
import { hasHidden } from '../characters.js';
import { checked, described, type Fault, oneOrMore, secretName, wholeNumber } from '../forms.js';
import { destination, destinationFault, localPath } from '../paths.js';
import { checkRsyncOptions } from '../rsync-options.js';
import { defineKind } from './kind.js';
import { BACKUP, exclude, folder, minFiles, requireMount } from './shared.js';

/** A folder copied to another place with rsync. */
export const dockerVolumes = defineKind({
  kind: 'docker_volumes',
  action: 'backup',
  schema: z.strictObject({
    ...BACKUP,
    backup_type: described(z.literal('docker_volumes'), 'What is backed up, and how.', 'docker_volumes'),
    source: folder('The folder whose contents are copied.', '/var/lib/docker/volumes'),
    destination: described(
      checked(destinationFault),
      'Where they are copied to: a folder, host:/path, user@host:/path or rsync://host/module/path.',
      '/mnt/nas/volumes',
    ),
    exclude,
    options: described(
      oneOrMore(checked(optionFault), 100).default([]),
      'rsync options from the allowlist; --delete also deletes at the destination what the source no longer has.',
      ['--delete'],
    ),
    max_delete: described(
      wholeNumber(0, 1_000_000).default(1000),
      'More deletions than this are refused.',
      1000,
    ),
    require_mount: requireMount,
    min_files: minFiles,
    password_secret: described(
      secretName.optional(),
      'The environment variable with the rsync daemon’s password.',
      'NAS_PASSWORD',
    ),
  }),
  fields: (document, place) => ({
    source: place.resolved('source', localPath(document.source, place.folder)),
    destination: place.resolved('destination', destination(document.destination, place.folder)),
    exclude: document.exclude,
    ...rsyncOptions(document.options),
    max_delete: document.max_delete,
    require_mount: document.require_mount,
    ...(document.min_files === undefined ? {} : { min_files: document.min_files }),
    password_secret: document.password_secret ?? null,
  }),
});

function optionFault(option: string): Fault | null {
  if (hasHidden(option) || option.length > 1000) {
    return { why: 'an option is one line of up to 1,000 characters', hint: 'Write it like --compress.' };
  }
  const check = checkRsyncOptions([option]);
  if (check.ok) return null;
  const hint = /\s-/.test(option)
    ? `Write each option as an entry of its own: options: [${option.trim().split(/\s+/).join(', ')}].`
    : 'Remove it; docs/intents.md lists the options that can be used.';
  return { why: check.why, hint };
}

/** All options together; each alone has been found good by then. */
function rsyncOptions(options: readonly string[]) {
  const all = checkRsyncOptions(options);
  return all.ok ? { options: all.options, mirror: all.mirror } : { options: [], mirror: false };
}
