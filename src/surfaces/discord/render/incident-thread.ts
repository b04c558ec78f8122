import { type AlertEvent, type Incident, isTrouble } from '../../../core/model/incident.js';
import { plain } from '../../../core/model/phrase.js';
import { type Run, stateText } from '../../../core/model/run.js';
import { durationText, stateSymbol } from '../../../core/model/wording.js';
import { type Block, type Message, type TextFile, withinLimits } from './fit.js';
import { FAULT, incidentLine, MISSED_SYMBOL, subjectName } from './incident-words.js';
import { outcomeBlocks } from './outcome.js';
import { cleanLine, escapeText, inlineCode } from './text.js';
import { COLORS, colorOf, stateLine, time, who } from './words.js';

/** Discord takes ten files with a message; more entries than that share one. */
export const ENTRIES_WITH_FILES = 10;
/** Lines that surely fit into one embed. */
export const ENTRIES_AT_MOST = 30;
const LOG_CHARS = 256 * 1024;
const NAME_MAX = 80;
/** Escaping can double them: so many sentences and lines fit into one embed all the same. */
const SENTENCE_MAX = 120;
const LINE_MAX = 40;
/** Entries of faults come one by one, and their last sentence says what to do. */
const FAULT_MAX = 600;

/** One entry of a thread. */
export interface ThreadEntry {
  readonly event: AlertEvent;
  /** The run that it is about, when there is one. */
  readonly run: Run | null;
  readonly log: string;
}

/** A thread's name: the incident's subject and its id. */
export function threadName(incident: Incident): string {
  return `${cleanLine(incident.intent?.name ?? subjectName(incident)).slice(0, NAME_MAX)} · ${incident.id}`;
}

/** The last line of a thread's message, by which it is found again. */
export function entriesMark(incidentId: string, events: readonly Pick<AlertEvent, 'seq'>[]): string {
  const [first, last] = [events[0]?.seq, events.at(-1)?.seq];
  return first === last ? `-# ${incidentId}, entry ${last}` : `-# ${incidentId}, entries ${first} to ${last}`;
}

/** One attempt in full, or several in short, each with its log. */
export function threadMessage(incident: Incident, entries: readonly ThreadEntry[]): Message {
  const mark = entriesMark(
    incident.id,
    entries.map(({ event }) => event),
  );
  const [first] = entries;
  if (first !== undefined && entries.length === 1) return single(first, mark);
  const latest = entries.findLast(({ event }) => isTrouble(event.kind));
  const short = entries.length > ENTRIES_WITH_FILES;
  return withinLimits({
    content: `${incidentLine(incident, latest?.event ?? null).text}\n${mark}`,
    embeds: [
      {
        color: COLORS.grey,
        blocks: entries.map((entry) => (short ? headLine(entry, LINE_MAX) : shortEntry(entry))),
      },
    ],
    files: short ? together(incident, entries) : entries.flatMap(logFile),
  });
}

function single(entry: ThreadEntry, mark: string): Message {
  const { event, run } = entry;
  if (run === null) {
    return withinLimits({ content: `${headLine(entry, SENTENCE_MAX)}\n${mark}`, embeds: [] });
  }
  const took = durationText(run);
  return withinLimits({
    content: `${stateLine(run)}${took === null ? '' : ` · ${took}`} · ${time(event.at, 't')}\n${mark}`,
    embeds: [{ color: colorOf(run.state), blocks: [askedBy(run), ...outcomeBlocks(run)] }],
    files: logFile(entry),
  });
}

function askedBy(run: Run): Block {
  return `asked by ${who(run.actor)} through ${run.source}`;
}

/** Two lines: what it was and when, and the first sentence of what happened. */
function shortEntry(entry: ThreadEntry): string {
  const [sentence] = entry.event.text;
  const what =
    sentence === undefined || entry.run === null ? '' : `\n${escapeText(plain(sentence), SENTENCE_MAX)}`;
  return `${headLine(entry, SENTENCE_MAX)}${what}`;
}

const DEEDS = {
  acknowledged: '👀 **Acknowledged**',
  muted: '🔕 **Muted for 8 hours**',
  unmuted: '🔔 **The mute is over, and the trouble isn’t**',
  resolved: '✔ **Resolved by hand**',
} as const;

/** One line: what it was and when. Sentences of strangers are cut to `max` characters. */
function headLine({ event, run }: ThreadEntry, max: number): string {
  const { kind, runId, at, count, text, by } = event;
  const when = time(at, 't');
  if (kind === 'denied' || kind === 'missed' || (kind === 'refused' && runId === null)) {
    const often = count === 1 ? '' : ` (${count.toLocaleString('en-US')} times so far)`;
    return `${kind === 'missed' ? MISSED_SYMBOL : stateSymbol('refused')} ${escapeText(text.map(plain).join(' '), max)}${often} · ${when}`;
  }
  if (kind === 'acknowledged' || kind === 'muted' || kind === 'unmuted' || kind === 'resolved') {
    return `${DEEDS[kind]}${by === null ? '' : ` by ${who(by)}`} · ${when}`;
  }
  if (kind === 'fault' || (kind === 'recovered' && runId === null)) {
    const symbol = kind === 'recovered' ? stateSymbol('succeeded') : FAULT.symbol;
    return `${symbol} ${escapeText(text.map(plain).join(' '), FAULT_MAX)} · ${when}`;
  }
  const state = kind === 'recovered' ? 'succeeded' : kind;
  const took = run === null ? null : durationText(run);
  const line = `${stateSymbol(state)} ${stateText(state)} ${inlineCode(runId ?? '', 40)} · ${when}`;
  return took === null ? line : `${line} · ${took}`;
}

function logFile({ run, log }: ThreadEntry): TextFile[] {
  return run === null || log === ''
    ? []
    : [{ name: `${run.id}.log`, text: log.slice(-LOG_CHARS), keep: 'end' }];
}

/** All attempts in one file, each with what happened and the end of its log. */
function together({ id }: Incident, entries: readonly ThreadEntry[]): TextFile[] {
  const share = Math.floor((8 * LOG_CHARS) / entries.length);
  const text = entries.map(({ event, log }) => {
    const head = `== ${event.runId ?? event.kind} ${event.at}`;
    return [head, ...event.text.map(plain), log.slice(-share)].join('\n');
  });
  return [{ name: `${id}.log`, text: `${text.join('\n\n')}\n`, keep: 'end' }];
}
