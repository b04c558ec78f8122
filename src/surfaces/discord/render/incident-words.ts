import { formatCount } from '../../../core/format.js';
import {
  type AlertEvent,
  type AlertKind,
  faultKey,
  faultName,
  type Incident,
} from '../../../core/incident.js';
import { actionTitle, stateSymbol } from '../../../core/wording.js';
import { escapeText } from './text.js';
import { COLORS, time } from './words.js';

interface Words {
  readonly symbol: string;
  readonly words: string;
  readonly color: number;
}

export const MISSED_SYMBOL = '⏰';

/** How each kind of trouble is called while it lasts; `words` follow the action's name. */
const OPEN: Readonly<Partial<Record<AlertKind, Words>>> = {
  failed: { symbol: stateSymbol('failed'), words: 'failing', color: COLORS.bad },
  rolled_back: { symbol: stateSymbol('rolled_back'), words: 'rolled back', color: COLORS.warn },
  interrupted: { symbol: stateSymbol('interrupted'), words: 'interrupted', color: COLORS.warn },
  refused: { symbol: stateSymbol('refused'), words: 'could not start', color: COLORS.bad },
  missed: { symbol: MISSED_SYMBOL, words: 'missed', color: COLORS.warn },
};
const DENIED: Words = { symbol: stateSymbol('refused'), words: 'Refused requests', color: COLORS.warn };
/** Follows the name of what is in trouble. */
export const FAULT: Words = { symbol: stateSymbol('failed'), words: 'in trouble', color: COLORS.bad };
const OVER: Words = { symbol: stateSymbol('succeeded'), words: 'works again', color: COLORS.good };
const CLOSED: Words = { symbol: '✔', words: 'resolved by hand', color: COLORS.grey };

function wordsFor({ key, intent, resolved }: Incident, latest: AlertEvent | null): Words {
  if (resolved !== null) return resolved.by === null ? OVER : CLOSED;
  if (faultKey({ key }) !== null) return FAULT;
  if (intent === null) return DENIED;
  return OPEN[latest?.kind ?? 'failed'] ?? { ...DENIED, words: 'in trouble' };
}

/** An incident's first line: ``❌ **Backup failing** · plex-database · 3 times since 03:00``. */
export function incidentLine(incident: Incident, latest: AlertEvent | null): { text: string; color: number } {
  const { intent } = incident;
  const { symbol, words, color } = wordsFor(incident, latest);
  const what = intent === null ? subjectName(incident) : actionTitle(intent.action);
  const title = words === DENIED.words ? words : `${what} ${words}`;
  const name = intent === null ? '' : ` · ${escapeText(intent.name, 80)}`;
  return { text: `${symbol} **${title}**${name} · ${countText(incident)}`, color };
}

/** What an incident is about that is about no intent. */
export function subjectName(subject: Pick<Incident, 'key'>): string {
  const key = faultKey(subject);
  return key === null ? DENIED.words : escapeText(faultName(key), 80);
}

function countText(incident: Incident): string {
  const { count, openedAt, lastAt, resolved, intent } = incident;
  const since = time(openedAt, 't');
  if (faultKey(incident) !== null)
    return resolved === null ? `since ${since}` : `was in trouble since ${since}`;
  if (resolved?.by === null) return `after ${formatCount(count, 'failure')} since ${since}`;
  if (resolved !== null) return `${times(count)} since ${since}`;
  if (count === 1) return `${since} (${time(lastAt, 'R')})`;
  return `${times(count)} since ${since}${intent === null ? '' : ` (last ${time(lastAt, 'R')})`}`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count.toLocaleString('en-US')} times`;
}
