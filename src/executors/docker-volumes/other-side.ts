import { posix } from 'node:path';
import type { DockerVolumesFields } from '../../core/model/fields.js';
import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { PlanContext } from '../../core/ports/executor.js';
import type { ExecResult } from '../../core/ports/host.js';
import { isAtLeast } from '../../core/views/versions.js';
import { type Abilities, abilitiesIn, abilitiesOfProtocol, OLDEST_THERE, UNKNOWN } from './abilities.js';
import { connection, rsyncEnvironment, sshCommand } from './commands.js';
import { complaintIn, reported } from './complaints.js';
import { isNative } from './file-system.js';
import { hostOf, loginOf, pathOf, placeKind } from './place.js';

/** For one question to another host. */
const DEADLINE_MS = 60_000;

export type OtherSide =
  | {
      readonly ok: true;
      readonly there: Abilities;
      /** Who writes there; null when it is not told. */
      readonly uid: number | null;
      /** The type of its file system says that it holds everything. */
      readonly isTold: boolean;
    }
  | { readonly ok: false; readonly notice: Notice };

/** Asks what the rsync on the other side can do, and so whether it lets us in at all; changes nothing there. */
export async function askOtherSide(fields: DockerVolumesFields, ctx: PlanContext): Promise<OtherSide> {
  const asked =
    placeKind(fields.destination) === 'ssh' ? await askBySsh(fields, ctx) : await askDaemon(fields, ctx);
  if (!asked.ok || asked.there.version === null) return asked;
  if (isAtLeast(asked.there.version, OLDEST_THERE)) return asked;
  const host = code(hostOf(fields.destination));
  return {
    ok: false,
    notice: notice(
      'tool_unsuitable',
      phrase`${host} has ${asked.there.name}, which is too old for what this bot copies.`,
      phrase`Install rsync ${OLDEST_THERE.join('.')} or newer there.`,
    ),
  };
}

/** Of the paths on stdin, one after the other; the first one that is there counts. */
const TYPE_OF = ['xargs', '-0', 'stat', '-f', '-c', 'fs=%T', '--'];

async function askBySsh(fields: DockerVolumesFields, { host }: PlanContext): Promise<OtherSide> {
  const question = ['rsync', '--version', ';', 'id', '-u', ';', ...TYPE_OF];
  const path = pathOf(fields.destination);
  const argv = [...sshCommand(fields), '--', loginOf(fields.destination), ...question];
  const result = await host.exec(argv, {
    ...{ env: { LC_ALL: 'C' }, log: 'none', timeoutMs: DEADLINE_MS },
    // Where it isn't there yet, it will be in its parent.
    stdin: `${path}\0${posix.dirname(path)}\0`,
  });
  // 255 is ssh's own; anything else comes from the other side, where a login may be bound to `rsync --server`.
  if (result.exitCode === 255 || result.timedOut) return refused(fields, result);
  const there = abilitiesIn(result.stdout);
  if (there.version === null && /not found|No such file/.test(result.stderr)) return refused(fields, result);
  const [, uid] = /^(\d+)\r?$/m.exec(result.stdout) ?? [];
  const [, type = ''] = /^fs=(\S+)$/m.exec(result.stdout) ?? [];
  return { ok: true, there, uid: uid === undefined ? null : Number(uid), isTold: isNative(type) };
}

async function askDaemon(fields: DockerVolumesFields, { host }: PlanContext): Promise<OtherSide> {
  const result = await listEntry(fields, fields.destination, host);
  const [, protocol] = /Protocol versions: remote=(\d+)/.exec(result.stdout) ?? [];
  const there = protocol === undefined ? UNKNOWN : abilitiesOfProtocol(Number(protocol));
  // Not there yet, or a module that only takes: both know us by then.
  if (result.ok || result.exitCode === 23 || /module is write only/.test(result.stderr))
    return { ok: true, there, uid: null, isTold: false };
  return refused(fields, result);
}

function refused(
  fields: DockerVolumesFields,
  result: ExecResult,
): { readonly ok: false; readonly notice: Notice } {
  const { destination } = fields;
  const hasSecret = fields.password_secret !== null;
  const known = complaintIn(result.stderr, { destination, source: fields.source, hasSecret });
  const what = result.timedOut ? phrase`it took too long` : reported(result.stderr);
  return {
    ok: false,
    notice:
      known ?? notice('destination_unreachable', phrase`${code(destination)} does not answer: ${what}.`),
  };
}

/** Lists the one entry at a remote path, and the protocol that the other side speaks. */
function listEntry(
  fields: DockerVolumesFields,
  place: string,
  host: PlanContext['host'],
): Promise<ExecResult> {
  const argv = ['rsync', '--list-only', '--debug=proto1', '--timeout=50', ...connection(fields), '--', place];
  return host.exec(argv, { env: rsyncEnvironment(fields), log: 'none', timeoutMs: DEADLINE_MS });
}

/**
 * Blocks when a destination that is not there yet has no parent folder either: rsync makes one folder and not those
 * above it, and its dry run does not say so.
 */
export async function checkRemoteParent(
  fields: DockerVolumesFields,
  { host }: PlanContext,
): Promise<Notice | null> {
  const { destination } = fields;
  const path = pathOf(destination).replace(/^\/|\/$/g, '');
  if (!path.includes('/') || fields.options.includes('--mkpath')) return null;
  const parent = destination.slice(0, destination.lastIndexOf('/'));
  const { exitCode, stdout, stderr } = await listEntry(fields, parent, host);
  if (exitCode === 23 && /No such file or directory/.test(stderr)) {
    return notice(
      'destination_missing',
      phrase`Neither ${code(destination)} nor its parent folder exists.`,
      phrase`Create ${code(pathOf(parent))} on ${code(hostOf(destination))}, or add ${code('--mkpath')} to the intent’s options.`,
    );
  }
  if (exitCode !== 0 || !/^-[rwxsStT-]{9}/m.test(stdout)) return null;
  return notice('destination_not_writable', phrase`${code(parent)} is not a folder.`);
}
