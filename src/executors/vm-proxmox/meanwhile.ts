import * as z from 'zod';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { Json } from '../../core/model/plan.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { GuestFacts } from './guest-facts.js';
import { secondsText } from './held.js';

/** What happens to a guest while it is backed up, as far as it can be known before. */
export type Meanwhile =
  | 'not running'
  | 'keeps running'
  | 'for the snapshots'
  | 'suspends'
  | 'may suspend'
  | 'stops';

/** What a run remembers for the next plan. */
const Remembered = z.object({
  /** How long the guest was down or suspended. */
  heldSeconds: z.number().nullable().catch(null),
  /** Snapshots were wanted, and could not be made. */
  fellBack: z.boolean().catch(false),
  /** Disks or mount points that were in the backup. */
  included: z.array(z.string()).catch([]),
});
export type Remembered = z.output<typeof Remembered>;

/** Reads what a run remembered; earlier versions remembered less. */
export function rememberedBy(facts: Json): Remembered {
  const parsed = Remembered.safeParse(facts ?? {});
  return parsed.success ? parsed.data : { heldSeconds: null, fellBack: false, included: [] };
}

/** @param running null when it isn't known */
export function meanwhileOf(
  mode: string,
  running: boolean | null,
  facts: GuestFacts | null,
  type: 'qemu' | 'lxc' | null,
  last: Remembered,
): Meanwhile {
  if (running === false) return 'not running';
  if (mode === 'stop') return 'stops';
  if (mode === 'suspend') return 'suspends';
  if (type === 'qemu') return 'keeps running';
  if (facts?.snapshots === false) return 'suspends';
  if (facts?.snapshots !== true || last.fellBack) return 'may suspend';
  return (facts.parts?.included.length ?? 1) > 1 ? 'for the snapshots' : 'keeps running';
}

/** As the end of the step's title. */
export function meanwhileText(meanwhile: Meanwhile, mode: string, last: Remembered): string {
  const time = last.heldSeconds === null ? '' : `, ${secondsText(last.heldSeconds)} last time`;
  switch (meanwhile) {
    case 'not running':
      return ' It is not running.';
    case 'keeps running':
      return ' It keeps running.';
    case 'for the snapshots':
      return ' It keeps running, suspended for a moment while its snapshots are made.';
    case 'stops':
      return ` Proxmox shuts it down for that and starts it again${time}.`;
    case 'may suspend':
      return ` Proxmox may suspend it for that${time}.`;
    case 'suspends':
      return mode === 'suspend'
        ? ` Proxmox suspends it for that and resumes it${time}.`
        : ` Proxmox suspends it for that, without a snapshot${time}.`;
  }
}

/** Why a snapshot was asked for and isn't promised. */
export function meanwhileNotices(
  meanwhile: Meanwhile,
  mode: string,
  name: string,
  last: Remembered,
): readonly Notice[] {
  if (mode !== 'snapshot' || (meanwhile !== 'suspends' && meanwhile !== 'may suspend')) return [];
  const time: Phrase =
    last.heldSeconds === null ? phrase`` : phrase`: ${secondsText(last.heldSeconds)} last time`;
  const message =
    meanwhile === 'suspends'
      ? phrase`The storage of ${code(name)} has no snapshots, so Proxmox suspends it while it copies what changed${time}.`
      : phrase`Whether ${code(name)} can be backed up from a snapshot can’t be told. If not, Proxmox suspends it for part of the time${time}.`;
  return [notice('guest_held', message)];
}
