import {
  type AlertEvent,
  type AlertKind,
  faultKey,
  faultName,
  type Incident,
} from '../../../core/model/incident.js';
import { isDown } from '../../../core/model/left-down.js';
import { actionTitle, stateSymbol } from '../../../core/model/wording.js';
import { formatCount } from '../../../core/text/format.js';
import { escapeText } from './text.js';
import { COLORS, time } from './words.js';

interface Words {
  readonly symbol: string;
  readonly words: string;
  readonly color: number;
}

export const MISSED_SYMBOL = '⏰';
const THINGS_NAMED = 3;

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

/** What is down, or was: it matters more than which run left it so. */
function thingsLine({ about, resolved }: Incident, still: boolean): Words | null {
  const down = about.filter(isDown);
  const names = listed((resolved === null ? down : about).map(({ name }) => escapeText(name, 60)));
  const [is, run] = (resolved === null ? down : about).length === 1 ? ['is', 'runs'] : ['are', 'run'];
  if (about.length === 0) return null;
  if (resolved !== null) return resolved.by === null ? { ...OVER, words: `${names} ${run} again` } : null;
  if (down.length === 0) return null;
  if (down.every(({ state }) => state === 'unknown')) return { ...FAULT, words: `${names} may be down` };
  return { ...FAULT, words: `${names} ${is} ${still ? 'still ' : ''}down` };
}

function listed(names: readonly string[]): string {
  const shown = names.length > THINGS_NAMED ? names.slice(0, THINGS_NAMED) : names;
  const more = names.length - shown.length;
  const all = more > 0 ? [...shown, `${more} more`] : shown;
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

function wordsFor({ key, intent, resolved }: Incident, latest: AlertEvent | null): Words {
  if (resolved !== null) return resolved.by === null ? OVER : CLOSED;
  if (faultKey({ key }) !== null) return FAULT;
  if (intent === null) return DENIED;
  return OPEN[latest?.kind ?? 'failed'] ?? { ...DENIED, words: 'in trouble' };
}

/**
 * An incident's first line: ``❌ **Backup failing** · plex-database · 3 times since 03:00``, or what is down.
 * @param still a run has succeeded since, and what is down is down all the same
 */
export function incidentLine(
  incident: Incident,
  latest: AlertEvent | null,
  still = false,
): { text: string; color: number } {
  const { intent } = incident;
  const things = thingsLine(incident, still);
  const { symbol, words, color } = things ?? wordsFor(incident, latest);
  const what = intent === null ? subjectName(incident) : actionTitle(intent.action);
  const title = things !== null || words === DENIED.words ? words : `${what} ${words}`;
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
