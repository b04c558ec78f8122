import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import { formatDuration } from '../../core/text/format.js';
import { guestName, type VmData } from './data.js';
import type { LogFacts } from './log-facts.js';

/** Snapshots take about so long; a guest that is held for longer stands still, in s. */
const MOMENT = 5;

/** As Proxmox's own log says it, for as long as that is easily read. */
export function secondsText(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : formatDuration(seconds * 1000);
}

/** How long the guest was down or suspended, in seconds; null when it wasn't, or no line says it. */
export function heldFor({ heldSeconds }: Pick<LogFacts, 'heldSeconds'>): number | null {
  if (heldSeconds === null) return null;
  const seconds = Number(heldSeconds.replace('<', ''));
  return Number.isFinite(seconds) ? seconds : null;
}

/** Warns when the guest stood still although its backup should have been made from a snapshot. */
export function heldNotices(data: VmData, facts: Readonly<LogFacts>): Notice[] {
  const { fellBack, held, mode, ran } = facts;
  if (data.params.mode !== 'snapshot' || !ran) return [];
  const isMoment = held === 'for the snapshot' && (heldFor(facts) ?? 0) <= MOMENT;
  if (fellBack === null && (mode === null || mode === 'snapshot') && (held === null || isMoment)) return [];
  const why = fellBack === null ? phrase`` : phrase` (${code(fellBack)})`;
  const other =
    mode === null || mode === 'snapshot'
      ? phrase``
      : phrase` in mode ${code(mode)} instead of ${code('snapshot')}`;
  return [
    notice(
      'guest_held',
      phrase`Proxmox backed up ${code(guestName(data))}${other}${why}: ${stillText(facts)}.`,
    ),
  ];
}

/** For the summary, where the mode makes the guest stand still anyway. */
export function heldText(data: VmData, facts: Readonly<LogFacts>): readonly Phrase[] {
  if (facts.held === null || heldNotices(data, facts).length > 0) return [];
  return [phrase`${code(guestName(data))}: ${stillText(facts)}.`];
}

/** `it was suspended for 94 s`. */
function stillText(facts: Readonly<LogFacts>): Phrase {
  const did = facts.held === 'stopped' ? 'down' : 'suspended';
  const seconds = heldFor(facts);
  if (facts.held === null) return phrase`the log does not say whether it was suspended`;
  if (seconds === null) return phrase`it was ${did}, and the log does not say for how long`;
  const time = facts.heldSeconds?.startsWith('<') ? 'less than a second' : secondsText(seconds);
  return phrase`it was ${did} for ${time}`;
}
