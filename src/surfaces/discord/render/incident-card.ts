import { type AlertEvent, downIn, faultKey, type Incident, isMuted } from '../../../core/model/incident.js';
import type { LeftDown } from '../../../core/model/left-down.js';
import { type Block, type Message, withinLimits } from './fit.js';
import { incidentButtons } from './incident-buttons.js';
import { incidentLine } from './incident-words.js';
import { inlineCode, markdown } from './text.js';
import { COLORS, time, who } from './words.js';

const SENTENCES_SHOWN = 4;
const REFUSALS_SHOWN = 8;

/** What a card shows. */
export interface CardView {
  readonly incident: Incident;
  /** The events that count, newest first: the last one, of security refusals several. */
  readonly troubles: readonly AlertEvent[];
  /** The success that ended it, or that came since and changed nothing for what is down. */
  readonly recovery: AlertEvent | null;
  /** A thread of this incident that is not this card's own. */
  readonly threadId: string | null;
  readonly now: Date;
  /** The role that the card names; null: it calls nobody. */
  readonly role: string | null;
}

/** The card of an incident: how it stands, for the ops channel. The headline is what a phone shows. */
export function cardMessage(view: CardView): Message {
  const { incident, now } = view;
  const { text, color } = headline(view);
  return withinLimits({
    content: view.role === null ? text : `<@&${view.role}> ${text}`,
    embeds: [{ color, blocks: cardBlocks(view) }],
    buttons: incidentButtons(incident, isMuted(incident, now)),
    pingRole: view.role,
  });
}

/** The same without buttons, for a plain webhook. `repeated`: nobody knows whether it was sent before. */
export function webhookMessage(view: CardView, repeated: boolean): Message {
  const { text, color } = headline(view);
  const blocks = [
    ...cardBlocks(view),
    ...(repeated ? ['-# Perhaps sent before: the first try was cut off.'] : []),
  ];
  return withinLimits({ content: text, embeds: [{ color, blocks }] });
}

/** What stays of a card when a newer one took its place. `link` is the newer one's address. */
export function replacedCard({ incident, troubles }: CardView, link: string): Message {
  const { text } = incidentLine(incident, troubles[0] ?? null);
  return withinLimits({
    content: text,
    embeds: [{ color: COLORS.grey, blocks: [`It goes on further down: ${link}`] }],
  });
}

function headline({ incident, troubles, recovery }: CardView): { text: string; color: number } {
  return incidentLine(incident, troubles[0] ?? null, recovery !== null);
}

function cardBlocks(view: CardView): Block[] {
  const { incident, recovery, threadId } = view;
  const thread = threadId === null ? [] : [`Each attempt with its log: <#${threadId}>`];
  if (incident.resolved !== null) {
    const how = recovery === null ? [byHand(incident)] : eventBlocks(recovery);
    return [...how, ...thread];
  }
  return [
    ...downBlocks(view),
    ...(isRefusals(incident) ? refusals(view.troubles) : view.troubles.slice(0, 1).flatMap(eventBlocks)),
    ...(incident.intent === null ? [] : [lastGood(incident)]),
    ...handling(incident, view.now),
    ...thread,
  ];
}

const HOW: Readonly<Record<LeftDown['state'], string>> = {
  running: 'runs',
  starting: 'is starting',
  restarting: 'keeps restarting',
  paused: 'is paused',
  stopped: 'is stopped',
  crashed: 'crashed',
  start_failed: 'couldn’t start',
  finished: 'has finished',
  created: 'was never started',
  no_container: 'has no container',
  absent: 'is gone',
  cut_off: 'is cut off from its network',
  orphaned: 'is no longer in the file',
  unhealthy: 'is unhealthy',
  unknown: 'could not be looked at',
};

/** What is down comes first: how it stood when somebody looked last, and what ends this. */
function downBlocks({ incident, recovery }: CardView): Block[] {
  const down = downIn(incident);
  if (down.length === 0) return [];
  const it = down.length === 1 ? 'it' : 'them';
  const since =
    recovery?.runId == null ? [] : [`${inlineCode(recovery.runId)} succeeded since, and didn’t start ${it}.`];
  return [
    {
      items: down.map(({ name, state }) => `${inlineCode(name, 60)} ${HOW[state]}.`),
      show: REFUSALS_SHOWN,
      more: (hidden) => `and ${hidden} more`,
    },
    ...since,
    `**Next:** start ${it} with Docker. This closes by itself once ${down.length === 1 ? 'it runs' : 'they run'} again.`,
  ];
}

/** What happened, in the sentences that the run's outcome has. */
function eventBlocks({ text, runId }: AlertEvent): Block[] {
  const id = runId === null ? '' : ` ${inlineCode(runId)}`;
  return [
    {
      items: text.map((sentence, index) => `${markdown(sentence)}${index === 0 ? id : ''}`),
      show: SENTENCES_SHOWN,
      more: (hidden) => `and ${hidden} more: see the thread`,
    },
  ];
}

/** Of security refusals the card shows several. */
function isRefusals(incident: Incident): boolean {
  return incident.intent === null && faultKey(incident) === null;
}

function refusals(troubles: readonly AlertEvent[]): Block[] {
  const line = ({ text, count, at }: AlertEvent): string => {
    const often = count === 1 ? '' : ` ${count.toLocaleString('en-US')} times, last`;
    return `• ${text.map(markdown).join(' ')}${often} ${time(at, 'R')}`;
  };
  return [{ items: troubles.map(line), show: REFUSALS_SHOWN, more: () => 'and others: see the thread' }];
}

function lastGood({ lastGood: good, intent }: Incident): string {
  const noun = intent?.action ?? 'run';
  if (good === null) return `No good ${noun} before this is known.`;
  return `Last good ${noun}: ${time(good.at, 'f')} (${time(good.at, 'R')})${good.checked ? ', checked' : ''}.`;
}

function handling(incident: Incident, now: Date): Block[] {
  const { acknowledged, muted } = incident;
  return [
    ...(acknowledged === null
      ? []
      : [`👀 Acknowledged by ${who(acknowledged.by)}, ${time(acknowledged.at, 'f')}.`]),
    ...(muted === null || !isMuted(incident, now)
      ? []
      : [`🔕 Muted by ${who(muted.by)} until ${time(muted.until, 'f')}. It is still counted.`]),
  ];
}

function byHand({ resolved }: Incident): string {
  const by = resolved?.by ? ` by ${who(resolved.by)}` : '';
  const at = resolved === null ? '' : `, ${time(resolved.at, 'f')}`;
  return `Resolved${by}${at}. If it happens again, that is a new alert.`;
}
