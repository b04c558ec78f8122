import * as z from 'zod';
import { checked, described, type Fault, secretName, wholeNumber } from '../../documents/forms.js';
import { hasHidden } from '../../text/characters.js';
import { destination, destinationFault, localFault, localPath } from '../paths.js';
import { optionEntries } from '../rsync-option-text.js';
import { checkRsyncOptions } from '../rsync-options.js';
import { defineKind, type Place } from './kind.js';
import {
  BACKUP,
  consistency,
  consistencyField,
  exclude,
  folder,
  minFiles,
  requireMount,
  sourceMounts,
  verify,
  verifyField,
} from './shared.js';

/** Each option is judged as it was meant, and told where it stands. */
const rsyncOptionList = z
  .union([z.string(), z.array(z.string()).max(100)])
  .superRefine((options, ctx) => {
    for (const { text, index } of optionEntries(options)) {
      const fault = optionFault(text);
      if (!fault) continue;
      const path = index === null ? [] : [index];
      const why = index !== null || text === options ? fault.why : `${text} can’t be used: ${fault.why}`;
      ctx.addIssue({ code: 'custom', message: why, params: { ...fault, why }, path });
    }
  })
  .transform((options): readonly string[] => optionEntries(options).map(({ text }) => text));

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
      rsyncOptionList.default([]),
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
    verify,
    source_mounts: sourceMounts,
    consistency,
    password_secret: described(
      secretName.optional(),
      'The environment variable with the rsync daemon’s password.',
      'NAS_PASSWORD',
    ),
    ssh_port: described(
      wholeNumber(1, 65_535).optional(),
      'The port of ssh on the other host; what ssh’s own configuration says when left out.',
      2222,
    ),
    ssh_key: described(
      checked(keyFault).optional(),
      'The private key for ssh, a file of this host; ssh’s own keys when left out.',
      '/root/.ssh/nas',
    ),
  }),
  fields: (document, place) => {
    const to = place.resolved('destination', destination(document.destination, place.folder));
    checkSides(document, to, place);
    const { ssh_port, ssh_key } = document;
    return {
      source: place.resolved('source', localPath(document.source, place.folder)),
      destination: to,
      exclude: document.exclude,
      ...rsyncOptions(document.options, to),
      max_delete: document.max_delete,
      require_mount: document.require_mount,
      ...(document.min_files === undefined ? {} : { min_files: document.min_files }),
      ...verifyField(document.verify),
      ...(document.source_mounts === undefined ? {} : { source_mounts: document.source_mounts }),
      ...consistencyField(document.consistency),
      password_secret: document.password_secret ?? null,
      ...(ssh_port === undefined ? {} : { ssh_port }),
      ...(ssh_key === undefined
        ? {}
        : { ssh_key: place.resolved('ssh_key', localPath(ssh_key, place.folder)) }),
    };
  },
});

function optionFault(option: string): Fault | null {
  if (hasHidden(option) || option.length > 1000) {
    return { why: 'an option is one line of up to 1,000 characters', hint: 'Write it like --compress.' };
  }
  const check = checkRsyncOptions([option]);
  return check.ok ? null : check;
}

/** rsync splits the command that reaches the other side at spaces and quotes. */
function keyFault(path: string): Fault | null {
  const fault = localFault(path);
  if (fault || /^[\w./@%+=,-]+$/.test(path)) return fault;
  return {
    why: 'a key’s path can hold letters, digits and ./@%+=,_- here',
    hint: 'Give the key such a name, or name it in ~/.ssh/config of the bot’s user.',
  };
}

/** Fields and options that only another host can need. */
function checkSides(
  document: { ssh_port?: number | undefined; ssh_key?: string | undefined; options: readonly string[] },
  to: string,
  place: Place,
): void {
  const isSsh = !to.startsWith('/') && !to.startsWith('rsync://');
  for (const field of ['ssh_port', 'ssh_key'] as const) {
    if (document[field] === undefined || isSsh || to === '') continue;
    place.problem(
      [field],
      `${field} is for a destination over ssh, and this one is not.`,
      'Remove the line, or write host:/path as destination.',
    );
  }
  const aside = document.options.findIndex((option) => option.endsWith('--fake-super'));
  if (aside >= 0 && to.startsWith('rsync://')) {
    place.problem(
      ['options', aside],
      '--fake-super has no effect at an rsync daemon.',
      'Remove it, and set fake super = yes for the module in rsyncd.conf there.',
    );
  }
  const at = document.options.indexOf('--mkpath');
  if (at >= 0 && to.startsWith('/')) {
    place.problem(
      ['options', at],
      '--mkpath is for a destination on another host.',
      'Create the destination’s parent folder, and remove the option.',
    );
  }
}

/** All options together; each alone has been found good by then. */
function rsyncOptions(options: readonly string[], to: string) {
  const all = checkRsyncOptions(options);
  if (!all.ok) return { options: [], mirror: false };
  // rsync refuses it anywhere but at a daemon.
  const ofDaemon = (option: string): boolean => option.startsWith('--contimeout=');
  const kept = to.startsWith('rsync://') ? all.options : all.options.filter((option) => !ofDaemon(option));
  return { options: kept, mirror: all.mirror };
}
