import type { DockerVolumesFields } from '../../core/model/fields.js';
import { connection, LINES, TIMEOUT } from './commands.js';
import { placeKind } from './place.js';

/** How a destination is tried before anything there is replaced. */
export type Probe = {
  /** A scratch folder of this host, with what is tried. */
  readonly folder: string;
  /** What it is called at the destination. */
  readonly name: string;
  readonly copy: readonly string[];
  readonly check: readonly string[];
  readonly remove: readonly string[];
  /** Lists the source for what a finding is about. */
  readonly list: readonly string[];
};

/** Options that say what is kept, or how the other side is reached; those that choose files don't count. */
const KEEPING =
  /^--(no-(perms|owner|group|acls|xattrs|hard-links|links|devices|specials)|(remote-option|modify-window|timeout|contimeout|chown|chmod)=.*|mkpath)$/;
const EVERYTHING = ['-aHAX', '--numeric-ids'];

/** @param fields with the options that the run has */
export function probeCommands(fields: DockerVolumesFields, intent: string, at: Date): Probe {
  const stamp = at.toISOString().replace(/\D/g, '').slice(0, 14);
  const name = `.chatops-probe-${stamp}`;
  const folder = `/tmp/chatops-probe-${intent}-${stamp}`;
  const { destination, source, exclude } = fields;
  const options = fields.options.filter((option) => KEEPING.test(option));
  const call = [LINES, ...EVERYTHING, TIMEOUT, ...connection(fields), ...options];
  const ends = ['--', `${folder}/${name}`, `${destination}/`];
  return {
    folder,
    name,
    copy: ['rsync', ...call, ...ends],
    check: ['rsync', '--dry-run', ...call, ...ends],
    remove: removeCommand(fields, folder, name),
    list: [
      ...['rsync', '--dry-run', LINES, '-aH', ...fields.options.filter((option) => CHOOSING.test(option))],
      ...[...exclude.map((pattern) => `--exclude=${pattern}`), '--', `${source}/`, '/proc/nowhere/'],
    ],
  };
}

/** Options that choose what of the source is copied. */
const CHOOSING =
  /^--(no-(links|devices|specials|hard-links)|(include|exclude|max-size|min-size)=.*|one-file-system|safe-links)$/;

/** On another host only rsync is sure to be let in: it deletes the one folder that the rules on stdin name. */
function removeCommand(fields: DockerVolumesFields, folder: string, name: string): readonly string[] {
  const { destination } = fields;
  if (placeKind(destination) === 'local')
    return ['rm', '-rf', '--one-file-system', '--', `${destination}/${name}`];
  return [
    ...['rsync', '-r', '--existing', '--ignore-existing', '--delete-after', '--max-delete=40', '--from0'],
    ...['--filter=. -', TIMEOUT, ...connection(fields), '--', `${folder}/empty/`, `${destination}/`],
  ];
}

/** What {@link Probe.remove} may delete. */
export function removeRules({ name }: Probe): Buffer {
  return Buffer.from(`R /${name}/***\0P *\0`);
}
