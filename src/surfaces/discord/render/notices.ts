import type { Notice, ReasonCode } from '../../../core/model/reasons.js';
import { stateSymbol } from '../../../core/model/wording.js';
import { type Message, withinLimits } from './fit.js';
import { noticeLine } from './plan.js';
import { inlineCode } from './text.js';
import { COLORS } from './words.js';

/** Facts about a run or a name; everything else is a refusal. */
const FACTS: readonly ReasonCode[] = [
  'already_decided',
  'not_confirmed_in_time',
  'not_active',
  'run_unknown',
  // Nobody said no.
  'asker_unchecked',
  'intent_unknown',
  'incident_unknown',
  'incident_over',
];

/** Why something was not done, for the one who asked. `near` are names that were perhaps meant. */
export function refusal(notice: Notice, near: readonly string[] = []): Message {
  const fact = FACTS.includes(notice.code);
  const meant =
    near.length === 0 ? [] : [`Did you mean ${near.map((name) => inlineCode(name, 80)).join(', ')}?`];
  return withinLimits({
    embeds: [
      {
        color: fact ? COLORS.grey : COLORS.warn,
        blocks: [`${fact ? '' : `${stateSymbol('refused')} Refused: `}${noticeLine(notice)}`, ...meant],
      },
    ],
  });
}

/** Plain sentences for one person; trusted text of our own. */
export function note(...lines: readonly string[]): Message {
  return withinLimits({ embeds: [{ color: COLORS.grey, blocks: lines }] });
}

/** A defect of ours, with the reference under which it stands in the bot's log. */
export function defect(reference: string): Message {
  return note(
    '❌ ChatOps could not answer this because of a defect of its own.',
    `What had been started before goes on: /runs shows it. Reference ${inlineCode(reference)} is in the bot’s log.`,
  );
}
