import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import { formatCount } from '../../core/text/format.js';
import { someOf } from '../shared/wording.js';
import { guestName, type VmData } from './data.js';
import { heldNotices } from './held.js';
import { LEFT_OUT, type LeftOut, type LogFacts } from './log-facts.js';

/** What a log that ends well says beside that: each thing with what it means for the backup. */
export function warningsOf(data: VmData, facts: Readonly<LogFacts>, counted: number): readonly Notice[] {
  const name = code(guestName(data));
  return [
    ...(facts.leftOut.length === 0
      ? []
      : [
          notice(
            'guest_left_out',
            phrase`The backup of ${name} does not contain ${leftOutText(facts.leftOut)}.`,
          ),
        ]),
    ...(facts.attributesLost
      ? [
          notice(
            'guest_left_out',
            phrase`The backup of ${name} has no ACLs and no extended attributes: Proxmox’s temporary folder is on NFS.`,
            phrase`Set ${code('tmpdir: /var/tmp')} in ${code('/etc/vzdump.conf')} on the node.`,
          ),
        ]
      : []),
    ...heldNotices(data, facts),
    ...frozen(data, facts),
    ...(facts.changed.length === 0
      ? []
      : [
          notice(
            'files_changed',
            phrase`Files of ${name} changed or vanished while they were read: ${someOf(facts.changed)}.`,
          ),
        ]),
    ...(facts.errors.length === 0
      ? []
      : [
          notice(
            'backup_warnings',
            phrase`Proxmox reported ${formatCount(facts.errors.length, 'error')} beside the success: ${someOf(facts.errors)}.`,
            harmless(facts)
              ? phrase`The backup itself is not affected. Look at what the message names.`
              : phrase`Check this backup before you rely on it; no old backup was deleted.`,
          ),
        ]),
    ...warned(data, facts, counted),
  ];
}

/** Errors that come after the data is safe, or that have nothing to do with it. */
const HARMLESS = /\b(?:notif(?:y|ication)|sendmail|send mail|mail)\b|backup-access-teardown|nbd-server-stop/i;

/** Are all errors beside the success such that the backup is intact all the same? */
export function harmless({ errors }: Pick<LogFacts, 'errors'>): boolean {
  return errors.every((line) => HARMLESS.test(line));
}

function frozen(data: VmData, { notFrozen, notThawed }: Readonly<LogFacts>): Notice[] {
  const name = code(guestName(data));
  const isOff = notFrozen !== null && /disabled in VM options/.test(notFrozen);
  return [
    ...(notThawed === null
      ? []
      : [
          notice(
            'not_frozen',
            phrase`The file systems of ${name} may still be frozen: ${code(notThawed)}.`,
            phrase`Check that the guest can write. If it hangs, restart its guest agent, or reset it.`,
          ),
        ]),
    ...(notFrozen === null || isOff
      ? []
      : [
          notice(
            'not_frozen',
            phrase`The file systems of ${name} were not frozen: ${code(notFrozen)}. The backup is like a disk after a power cut.`,
          ),
        ]),
  ];
}

function warned(data: VmData, { warned }: Readonly<LogFacts>, counted: number): Notice[] {
  const count = Math.max(counted, warned.length);
  if (count === 0) return [];
  const times = count === 1 ? 'once' : `${count} times`;
  const lines = warned.length === 0 ? phrase`.` : phrase`: ${someOf(warned)}.`;
  return [
    notice(
      'backup_warnings',
      phrase`Proxmox warned ${times} while it backed up ${code(guestName(data))}${lines}`,
    ),
  ];
}

/** `2 mount points (mp0 /srv/media, mp1 /var/lib/postgresql) and 1 disk (scsi1)`. */
export function leftOutText(left: readonly LeftOut[]): Phrase {
  const kinds = LEFT_OUT.flatMap((kind) => {
    const own = left.filter((one) => one.kind === kind);
    return own.length === 0 || kind === 'other'
      ? []
      : [phrase`${formatCount(own.length, kind)} (${someOf(own.map(nameOf))})`];
  });
  const rest = left.filter(({ kind }) => kind === 'other').map(({ name }) => phrase`its ${name}`);
  return joined([...kinds, ...rest]);
}

function nameOf({ name, path }: LeftOut): string {
  return path === '' ? name : `${name} ${path}`;
}

function joined(parts: readonly Phrase[]): Phrase {
  return parts.flatMap((part, index) => [
    ...(index === 0 ? [] : [index === parts.length - 1 ? ' and ' : ', ']),
    ...part,
  ]);
}
