import type { DockerVolumesFields } from '../../core/model/fields.js';
import type { Arg } from '../../core/model/plan.js';
import { placeKind } from './place.js';

type Remote = Pick<DockerVolumesFields, 'destination' | 'ssh_port' | 'ssh_key'>;
type Fields = Remote & Pick<DockerVolumesFields, 'source' | 'exclude' | 'options' | 'mirror'>;

/** Ends instead of waiting for ever for a host that does not answer, in seconds. */
export const TIMEOUT = '--timeout=300';
/** Never asks anything: there is nobody at the keyboard. */
export function sshCommand({ ssh_port: port, ssh_key: key }: Remote): readonly string[] {
  return [
    ...['ssh', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10'],
    ...(port === undefined ? [] : ['-p', String(port)]),
    // Without it ssh first offers every key of the agent, and servers close after a few.
    ...(key === undefined ? [] : ['-o', 'IdentitiesOnly=yes', '-i', key]),
  ];
}

/** How the other side is reached. rsync splits --rsh at spaces itself, without a shell; no part of it has any. */
export function connection(remote: Remote): readonly string[] {
  const kind = placeKind(remote.destination);
  if (kind === 'ssh') return [`--rsh=${sshCommand(remote).join(' ')}`];
  // A daemon's greeting would be mixed into the lines that are parsed.
  return kind === 'daemon' ? ['--no-motd', '--contimeout=10'] : [];
}

/** `SRC/` copies the contents; without the slash the folder itself would be nested in the destination. */
function ends({ source, destination }: Fields): readonly string[] {
  return ['--', source.endsWith('/') ? source : `${source}/`, `${destination}/`];
}

function selection(fields: Fields): readonly string[] {
  const exclude = fields.exclude.map((pattern) => `--exclude=${pattern}`);
  const always = ['-aHAX', '--numeric-ids', '--partial-dir=.rsync-partial', TIMEOUT];
  return [...always, ...connection(fields), ...fields.options, ...exclude];
}

/** What every line about an entry looks like: itemized change, bytes, time, name. */
export const LINES = '--out-format=%i|%l|%M|%n';
/** rsync looks at the destination from here and copies nothing: it never exists. */
const NOWHERE = '/proc/nowhere/';
/** A folder of every Linux that has never anything in it (proc_tty_init in the kernel). */
export const NOTHING = '/proc/tty/ldisc';
/** Paths on stdin, each for itself: nothing above them is sent along. */
const LISTED = ['--dirs', '--no-implied-dirs', '--from0', '--files-from=-'];

/**
 * The dry run, with deletions when mirroring. Never a bare --delete: with an unreadable source folder it
 * still deletes, and --delete-after does not.
 * @param isNamingAll also what needs no change; for a destination of this host
 */
export function dryRunCommand(fields: Fields, isNamingAll = false): string[] {
  const mirror = fields.mirror ? ['--delete-after'] : [];
  const all = isNamingAll ? ['--info=name2'] : [];
  return [
    ...['rsync', '--dry-run', '--stats', '--no-human-readable', ...mirror, ...all, LINES],
    ...[...selection(fields), ...ends(fields)],
  ];
}

/** The dry run once more, without deletions: what it would still send is not as it should be. */
export function checkCommand(fields: Fields & Pick<DockerVolumesFields, 'verify'>): string[] {
  const [program = '', ...rest] = dryRunCommand({ ...fields, mirror: false });
  const reads = fields.verify === 'checksum' && !rest.includes('--checksum');
  return [program, ...(reads ? ['--checksum'] : []), ...rest];
}

/** Lets a dry run tell what each pattern leaves out. */
export const TELL_FILTERS = '--debug=FILTER';

/** Only walks the source, for another side that can't be told to say what each pattern leaves out. */
export function tellFiltersCommand(fields: Fields): string[] {
  return ['rsync', '--dry-run', TELL_FILTERS, ...selection(fields), '--', `${fields.source}/`, NOWHERE];
}

/** Counts the source's files at the paths on stdin and below them. */
export function countCommand({ source, options }: Pick<Fields, 'source' | 'options'>): string[] {
  return [
    ...['rsync', '--dry-run', '--recursive', '--links', '-D', '--no-implied-dirs', '--ignore-missing-args'],
    ...['--from0', '--files-from=-', '--stats', '--no-human-readable'],
    ...options.filter((option) => option === '--one-file-system'),
    ...['--', `${source}/`, NOWHERE],
  ];
}

/** What a copy may use: see {@link BothSides}. */
export interface Usable {
  readonly fsync: boolean;
  readonly info: boolean;
}

/**
 * Copies, and deletes nothing but what is in the way, where that has to go by rules. Where the other side knows no --info,
 * no deletion is told.
 * @param byRules how many deletions the rules on stdin allow; 0 where there is room already
 * @param usable `fsync` is for a destination that {@link syncCommand} can't reach
 */
export function copyCommand(fields: Fields, byRules: number, usable: Usable): string[] {
  // Of these only progress2 is not handed over to the other side.
  const info = usable.info ? '--info=progress2,name0,del1' : '--info=progress2';
  const output = ['--no-human-readable', '--outbuf=N', info];
  const durable = usable.fsync ? ['--fsync'] : [];
  const copy = ['rsync', ...output, LINES, ...durable, ...selection(fields), ...ends(fields)];
  return byRules === 0 ? copy : withRules(copy, byRules);
}

/** The copy that also makes so many deletions, by rules on stdin: their time grows with the square of the list. */
export function withRules(copy: readonly string[], count: number): string[] {
  const at = copy.indexOf('--');
  return [...copy.slice(0, at), ...deletions(count), ...copy.slice(at)];
}

/** Does a copy take rules from stdin? Without them it would delete more than was shown. */
export function deletesByRules(copy: readonly string[]): boolean {
  return copy.includes(RULES);
}

/**
 * Writes a local destination's file system through to the disk, once: with rsync's --fsync, which waits for
 * each file, 20,000 small files took 37 s instead of 11 s on an ordinary disk.
 */
export function syncCommand(destination: string): string[] {
  return ['sync', '--file-system', '--', destination];
}

/** The options of {@link deletions}. */
export const ROOM_OPTIONS = /^--(delete-after|max-delete=\d+|from0|filter=\. -)$/;

const RULES = '--filter=. -';

/** Deletions by the rules on stdin ({@link deletionRules}). */
function deletions(count: number): readonly string[] {
  return ['--delete-after', `--max-delete=${count}`, '--from0', RULES];
}

/** Options that also count where folders are walked and get their times back. */
const SAME_IN_DELETION =
  /^--(one-file-system|omit-(dir|link)-times|no-links|modify-window=.*|timeout=.*|contimeout=.*)$/;

/**
 * Deletes the paths on stdin, each only if the source does not have it now. With --existing and --ignore-existing no file
 * is created or changed. A folder that isn't empty stays. The time grows with the list; it takes --no-implied-dirs to
 * delete in folders that are gone from the source.
 */
export function deleteCommand(fields: Fields): string[] {
  return [
    ...['rsync', ...LISTED, '--delete-missing-args', '--existing', '--ignore-existing', LINES, TIMEOUT],
    ...[...connection(fields), ...waits(fields), ...ends(fields)],
  ];
}

/**
 * {@link deleteCommand} for paths of which the caller knows that the source can't have them: below what is a file there,
 * rsync says of a path that it is an error, and not that it is missing.
 * @param remove the argv of the deletions after the copy
 */
export function roomCommand(remove: readonly string[]): string[] {
  const [to = ''] = remove.slice(-1);
  return [...remove.slice(0, -2), `${NOTHING}/`, to];
}

/** The intent's own deadlines, for every call. */
function waits({ options }: Fields): readonly string[] {
  return options.filter((option) => /^--(timeout|contimeout)=/.test(option));
}

/**
 * Lists what is at the destination at the paths on stdin; symlinks are not followed at their end.
 * @param info the other side knows --info: before the version that does, missing paths are an error of exit 23
 */
export function lookCommand(fields: Fields, { info }: Pick<Usable, 'info'> = { info: true }): string[] {
  return [
    ...['rsync', '--dry-run', ...LISTED, '--links', '-D', ...(info ? ['--ignore-missing-args'] : [])],
    ...[LINES, TIMEOUT, ...connection(fields), ...waits(fields), '--', `${fields.destination}/`, NOWHERE],
  ];
}

/** {@link lookCommand} for the source, which is on this host. */
export function lookAtSource(source: string): string[] {
  return lookCommand({ source, destination: source, exclude: [], options: [], mirror: false });
}

/** Gives the folders on stdin the source's times back, where both sides have them. */
export function folderTimesCommand(fields: Fields): string[] {
  return [
    ...['rsync', ...LISTED, '--times', '--ignore-missing-args', '--existing', '--ignore-existing', TIMEOUT],
    ...[...connection(fields), ...waits(fields), ...ends(fields)],
  ];
}

/**
 * Deletes what the rules on stdin allow ({@link deletionRules}), for another side that knows no --delete-missing-args or
 * doesn't list what it has. The time grows with the square of the list. The folders get their times back.
 * @param count how many deletions were shown
 */
export function deleteByRulesCommand(fields: Fields, count: number): string[] {
  const same = fields.options.filter((option) => SAME_IN_DELETION.test(option));
  return [
    ...['rsync', '-rltD', '--existing', '--ignore-existing', ...deletions(count), LINES, TIMEOUT],
    ...[...connection(fields), ...same, ...ends(fields)],
  ];
}

/** The environment of every rsync here: names come out as ASCII and times in UTC, the daemon's password goes in by reference. */
export function rsyncEnvironment(
  fields: Pick<DockerVolumesFields, 'destination' | 'password_secret'>,
): Readonly<Record<string, Arg>> {
  const secret = placeKind(fields.destination) === 'daemon' ? fields.password_secret : null;
  return { LC_ALL: 'C', TZ: 'UTC0', ...(secret === null ? {} : { RSYNC_PASSWORD: { secret } }) };
}
