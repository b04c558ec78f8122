import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { ReasonCode } from '../../core/model/reasons.js';
import type { LogFacts } from './log-facts.js';

/** Why a backup fails, told by what a line of its log says, wherever in the log it is. */
export interface Cause {
  readonly name: string;
  readonly pattern: RegExp;
  readonly reason: ReasonCode;
  /** Before the line itself. */
  readonly says?: (storage: string) => Phrase;
  readonly next?: Phrase;
}

/** What says most comes first: a broken pipe is what a full disk leads to. */
export const CAUSES: readonly Cause[] = [
  {
    name: 'limit',
    pattern: /max(?:imum)? (?:backup limit|number of backups)|protected backups per guest is limited/i,
    reason: 'storage_limit',
    says: (storage) =>
      phrase`The storage ${code(storage)} holds as many backups of it as its own retention allows.`,
  },
  {
    name: 'temporary',
    pattern: /rsync(?:: \[\w+\])?: .*No space left on device/,
    reason: 'command_failed',
    says: () => phrase`The node’s folder for temporary files is full.`,
    next: phrase`Free some space there, or set ${code('tmpdir')} in ${code('/etc/vzdump.conf')} on the node, then try again.`,
  },
  {
    name: 'pool',
    pattern:
      /free space in thin pool|thin pool .*(?:full|threshold)|snapshot .*(?:no space|insufficient free space)/i,
    reason: 'command_failed',
    says: () => phrase`The storage of its disks has no room for a snapshot.`,
    next: phrase`Free some space in the pool that the message names, then try again.`,
  },
  {
    name: 'full',
    pattern:
      /No space left on device|not enough (?:free )?space|Disk quota exceeded|\berr -28\b|\berr -122\b/i,
    reason: 'destination_full',
    says: (storage) => phrase`The storage ${code(storage)} is full.`,
  },
  {
    name: 'root squash',
    pattern: /tar: \S+\.tmp: Cannot open: Permission denied/,
    reason: 'destination_not_writable',
    says: (storage) => phrase`An unprivileged container can’t use ${code(storage)} for temporary files.`,
    next: phrase`Set ${code('tmpdir: /var/tmp')} in ${code('/etc/vzdump.conf')} on the node, then try again.`,
  },
  {
    name: 'inactive',
    pattern:
      /could not activate storage|storage '[^']*' is not (?:online|available|enabled)|storage is not mounted/i,
    reason: 'storage_inactive',
  },
  {
    name: 'ha',
    pattern: /stop mode on a HA managed/,
    reason: 'mode_impossible',
  },
  {
    name: 'locked',
    pattern: /\b(?:VM|CT) is locked|can't (?:lock file|acquire lock)|got lock timeout/,
    reason: 'guest_locked',
  },
  {
    name: 'read-only',
    pattern: /Read-only file system|Stale file handle/i,
    reason: 'destination_not_writable',
  },
  {
    name: 'unreadable',
    pattern: /\bInput\/output error|\bI\/O error|\berr -5\b/i,
    reason: 'source_unreadable',
    says: () => phrase`A disk could not be read or written.`,
    next: phrase`Look at the node’s kernel log (${code('dmesg')}) and at the health of its disks.`,
  },
  {
    name: 'server',
    pattern:
      /backup connect failed|error trying to connect|Can't connect to|[Cc]onnection refused|No route to host/,
    reason: 'destination_unreachable',
  },
];

/** Notes the first line of each cause. */
export function noteCause(facts: LogFacts, line: string): void {
  for (const { name, pattern } of CAUSES) {
    if (!facts.causes.has(name) && pattern.test(line)) facts.causes.set(name, line);
  }
}
