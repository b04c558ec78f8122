import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { Complaint, Transfer } from './complaint.js';
import { daemonComplaint } from './daemon-complaints.js';
import { tellingLine } from './harmless.js';
import { limitComplaints } from './limit-complaints.js';
import { hostOf, placeKind } from './place.js';
import { sshComplaint } from './ssh-complaints.js';

/**
 * What failed and the way out, from all of stderr and by what the tools say; null when they say nothing that is known.
 * Messages are English (LC_ALL).
 */
export function complaintIn(stderr: string, transfer: Transfer): Notice | null {
  const kind = placeKind(transfer.destination);
  const own = kind === 'ssh' ? sshComplaint : kind === 'daemon' ? daemonComplaint : [];
  return firstOf([...own, ...OF_RSYNC, ...limitComplaints], stderr, transfer);
}

function firstOf(complaints: readonly Complaint[], stderr: string, transfer: Transfer): Notice | null {
  for (const { says, means } of complaints) {
    const found = says.exec(stderr);
    if (found) return means(transfer, found);
  }
  return null;
}

const there = ({ destination }: Transfer): string =>
  placeKind(destination) === 'local' ? 'this host' : hostOf(destination);

/** rsync 3.5 says `[Receiver]`, older ones `[receiver]` or `[generator]`; 3.0 only sometimes. */
const RECEIVER = String.raw`\[(?:Receiver|receiver|generator)(?:=[\d.a-z]+)?\]`;

/** The most telling first: what a server refuses comes before what its end leads to. */
const OF_RSYNC: readonly Complaint[] = [
  {
    says: /^(?:rsync: )?(?:on remote machine: )?(-\S+?): unknown option/m,
    means: (transfer, [, option = '']) =>
      notice(
        'tool_unsuitable',
        phrase`The ${code('rsync')} of ${code(there(transfer))} does not know the option ${code(option)}.`,
        phrase`Install a newer rsync there, or remove the option from the intent.`,
      ),
  },
  {
    says: /(ACLs|[Ee]xtended attributes) are not supported on this (server|client)/,
    means: (transfer, [, what = '', side]) => {
      const option = /acl/i.test(what) ? '--no-acls' : '--no-xattrs';
      const where = side === 'client' ? 'this host' : there(transfer);
      return notice(
        'tool_unsuitable',
        phrase`The ${code('rsync')} of ${code(where)} was built without ${what === 'ACLs' ? what : 'extended attributes'}.`,
        phrase`Add ${code(option)} to the intent’s options, or install a complete rsync there.`,
      );
    },
  },
  {
    says: new RegExp(`^rsync: (?:${RECEIVER} )?mkdir "?(.+?)"?(?: \\(in .*\\))? failed: No such file`, 'm'),
    means: ({ destination }, [, folder = '']) =>
      notice(
        'destination_missing',
        phrase`Neither ${code(destination)} nor its parent folder exists: ${code(folder)} could not be made.`,
      ),
  },
  {
    says: new RegExp(
      `^rsync: (?:${RECEIVER} )?(?:mkdir|mkstemp|chdir|change_dir#?\\d*|opendir|rename|failed to open|unlink|delete_file: \\w+\\(?|symlink|link|mknod) ?.*: (Permission denied|Read-only file system)`,
      'm',
    ),
    means: ({ destination, source }, found) => {
      const [line, why = ''] = found;
      // Without a side, as rsync 3.0 and 3.1 say it, only the path tells.
      if (source !== undefined && line.includes(`"${source}`)) return unreadable(source, line);
      return notice(
        'destination_not_writable',
        why.startsWith('Read-only')
          ? phrase`${code(destination)} is mounted read-only: ${code(line)}.`
          : phrase`rsync can’t write to ${code(destination)}: ${code(line)}.`,
        writeRight(destination),
      );
    },
  },
  {
    says: /^rsync: \[sender\].*Permission denied/m,
    means: ({ source = '' }, [line]) => unreadable(source, line),
  },
  {
    says: /(?:cannot stat destination|mkdir|change_dir#?\d*) "?(.+?)"?(?: \(in .*?\))?(?: failed)?: Not a directory|destination must be a directory/m,
    means: ({ destination }) =>
      notice(
        'destination_not_writable',
        phrase`${code(destination)} is not a folder, or its parent is none.`,
      ),
  },
  {
    says: /could not make way for .*|cannot delete non-empty directory.*/,
    means: ({ destination }, [line]) =>
      notice(
        'plan_failed',
        phrase`A folder at ${code(destination)} is in the way of something that is no folder in the source: ${code(line)}.`,
        phrase`Remove that folder, or add ${code('--delete')} to the intent’s options.`,
      ),
  },
];

/** Who has to get the right to write. */
function writeRight(destination: string): Phrase {
  const kind = placeKind(destination);
  if (kind === 'daemon') {
    return phrase`Give the module’s user (${code('uid')} in rsyncd.conf there) the right to write there.`;
  }
  if (kind === 'ssh')
    return phrase`Give the user that ssh logs in as on ${code(hostOf(destination))} the right to write there.`;
  return phrase`Give the bot’s user the right to write there.`;
}

function unreadable(source: string, line: string): Notice {
  return notice('source_unreadable', phrase`Part of ${code(source)} can’t be read: ${code(line)}.`);
}

/** The line that tells most, as a literal; says so when there is none. */
export function reported(stderr: string): Phrase {
  const line = tellingLine(stderr);
  return line === '' ? phrase`it said nothing` : phrase`${code(line)}`;
}
