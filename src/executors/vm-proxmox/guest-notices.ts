import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { Guest } from './calls.js';
import { guestName, type VmData } from './data.js';
import type { GuestParts } from './guest-config.js';
import type { GuestFacts } from './guest-facts.js';
import { leftOutText } from './log-warnings.js';
import { type Meanwhile, meanwhileNotices, type Remembered } from './meanwhile.js';

/** What people must know of the guest before its backup: what won't be in it, and what happens to it meanwhile. */
export function guestNotices(
  data: VmData,
  guest: Guest | null,
  about: GuestFacts,
  meanwhile: Meanwhile,
  last: Remembered,
): { readonly warnings: readonly Notice[]; readonly blockers: readonly Notice[] } {
  const name = guestName(data);
  const mode = String(data.params.mode);
  const { parts, unread } = about;
  return {
    warnings: [
      ...(unread ? [unread] : []),
      ...(parts === null || parts.leftOut.length === 0
        ? []
        : [
            notice(
              'guest_left_out',
              phrase`The backup of ${code(name)} will not contain ${leftOutText(parts.leftOut)}.`,
            ),
          ]),
      ...meanwhileNotices(meanwhile, mode, name, last),
      ...freezeNotices(name, parts, meanwhile),
    ],
    blockers: [
      ...(parts && parts.included.length === 0 ? [diskless(name)] : []),
      ...keptByHa(name, guest, mode),
    ],
  };
}

function freezeNotices(name: string, parts: GuestParts | null, meanwhile: Meanwhile): Notice[] {
  if (parts === null || parts.freeze === 'yes' || meanwhile === 'not running' || meanwhile === 'stops')
    return [];
  const why =
    parts.freeze === 'no agent'
      ? phrase`its guest agent is switched off`
      : phrase`its options switch that off`;
  return [
    notice(
      'not_frozen',
      phrase`The file systems of ${code(name)} are not frozen meanwhile (${why}): the backup is like a disk after a power cut.`,
    ),
  ];
}

function diskless(name: string): Notice {
  return notice(
    'source_empty',
    phrase`The backup would hold no disk of ${code(name)}, only its configuration.`,
    phrase`Switch Backup on for its disks in Proxmox, under Hardware.`,
  );
}

/** vzdump refuses to stop what HA would start again. */
function keptByHa(name: string, guest: Guest | null, mode: string): Notice[] {
  if (mode !== 'stop' || guest?.hastate !== 'started') return [];
  return [
    notice(
      'mode_impossible',
      phrase`Proxmox does not stop ${code(name)} for a backup: HA keeps it started.`,
      phrase`Use ${code('mode: snapshot')} in the intent, or take the guest out of HA.`,
    ),
  ];
}
