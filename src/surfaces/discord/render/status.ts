import { conditionOf, countsText, isUp, stackSymbol } from '../../../core/model/condition.js';
import type { Observation } from '../../../core/model/observation.js';
import { plain } from '../../../core/model/phrase.js';
import type { Circuit } from '../../../core/ports/circuit.js';
import type { Fault } from '../../../core/ports/fault.js';
import type { StackStatus } from '../../../core/views/status.js';
import { circuitButtons, circuitLine } from './circuits.js';
import { faultLine } from './fault.js';
import { type Message, type TextFile, withinLimits } from './fit.js';
import { runLine } from './history.js';
import { lockLine } from './lock.js';
import { noticeLine } from './plan.js';
import { cleanLine, escapeText, inlineCode, markdown } from './text.js';
import { COLORS, time } from './words.js';

const LINES_SHOWN = 80;
const THINGS_SHOWN = 8;
const NOTICES_SHOWN = 3;
const FILE = 'status.txt';

/** `/status`: what runs in each stack, what is amiss first, and what was last done to it. */
export function statusMessage(
  stacks: readonly StackStatus[],
  circuits: readonly Circuit[] = [],
  faults: readonly Fault[] = [],
): Message {
  const wrong = faults.map(faultLine);
  if (stacks.length === 0 && wrong.length > 0) {
    return withinLimits({ embeds: [{ color: COLORS.bad, blocks: wrong }] });
  }
  if (stacks.length === 0) {
    const blocks = ['No stacks yet: there are no intents. docs/intents.md shows how to write one.'];
    return withinLimits({ embeds: [{ color: COLORS.grey, blocks }] });
  }
  const amiss = stacks.map(stackSymbol).some((symbol) => symbol === '❌' || symbol === '⚠');
  const shortened = stacks.some(isShortened);
  const list = {
    items: stacks.flatMap(stackLines),
    show: LINES_SHOWN,
    more: () => `and more: all of it is in ${inlineCode(FILE)}`,
    ...(shortened ? {} : { file: () => statusFile(stacks) }),
  };
  return withinLimits({
    embeds: [
      {
        color: wrong.length > 0 ? COLORS.bad : amiss || circuits.length > 0 ? COLORS.warn : COLORS.calm,
        blocks: [...wrong, ...circuits.map(circuitLine), list],
      },
    ],
    buttons: circuitButtons(circuits),
    files: shortened ? [statusFile(stacks)] : [],
  });
}

function isShortened({ things, notices }: StackStatus): boolean {
  return things.length > THINGS_SHOWN || notices.length > NOTICES_SHOWN;
}

function stackLines({ stack, things, notices, runs, lock }: StackStatus): string[] {
  const counts = countsText(things);
  const symbol = stackSymbol({ things, notices });
  const hidden = things.slice(THINGS_SHOWN).length + notices.slice(NOTICES_SHOWN).length;
  return [
    `${symbol === '' ? '' : `${symbol} `}**${escapeText(stack, 80)}**${counts === '' ? '' : ` · ${counts}`}`,
    ...(lock ? [lockLine(lock)] : []),
    ...things.slice(0, THINGS_SHOWN).map(thingLine),
    ...notices.slice(0, NOTICES_SHOWN).map((notice) => `⚠ ${noticeLine(notice)}`),
    ...(hidden > 0 ? [`and ${hidden} more in ${inlineCode(FILE)}`] : []),
    ...(runs.length === 0 ? ['No runs yet.'] : ['Last runs:', ...runs.map(runLine)]),
    '',
  ];
}

/** ``❌ `media-sonarr-1` unhealthy, up since 2 hours ago · `sonarr:4.0`, its check says …`` */
function thingLine(thing: Observation): string {
  const { symbol, word } = conditionOf(thing);
  const since =
    thing.since === undefined ? '' : `${isUp(thing) ? ', up' : ''} since ${time(thing.since, 'R')}`;
  const detail = thing.detail.length === 0 ? '' : ` · ${markdown(thing.detail)}`;
  return `${symbol} ${inlineCode(thing.name, 80)} ${word}${since}${detail}`;
}

/** Every stack with all that runs in it. */
function statusFile(stacks: readonly StackStatus[]): TextFile {
  const lines = stacks.flatMap(({ stack, things, notices }) => [
    cleanLine(stack),
    ...things.map((thing) => {
      const { word } = conditionOf(thing);
      return ['', cleanLine(thing.name), word, thing.since ?? '', cleanLine(plain(thing.detail))].join('\t');
    }),
    ...notices.map(({ message }) => `\t${cleanLine(plain(message))}`),
  ]);
  return { name: FILE, text: `${lines.join('\n')}\n`, keep: 'start' };
}
