import { wrongValues } from '../../../core/admission/asking.js';
import { formOf } from '../../../core/documents/param-values.js';
import { askable } from '../../../core/intent/askable.js';
import type { Intent } from '../../../core/model/intent.js';
import type { Param } from '../../../core/model/param.js';
import { type Phrase, plain } from '../../../core/model/phrase.js';
import { type Notice, REASONS } from '../../../core/model/reasons.js';
import type { Params } from '../../../core/model/request.js';
import { stateSymbol } from '../../../core/model/wording.js';
import { formatCount } from '../../../core/text/format.js';
import { MOST_FIELDS } from '../params/form-fields.js';
import { writeParamText } from '../params/param-text.js';
import { type Block, type Button, type Message, withinLimits } from './fit.js';
import { note } from './notices.js';
import { formId, TYPED_TEXT } from './param-form.js';
import { noticeLine } from './plan.js';
import { codeBlock, escapeText, inlineCode, markdown } from './text.js';
import { COLORS } from './words.js';

/** A longer text is attached too. */
const TEXT_SHOWN = 200;

/** Which values don't fit, and a button that brings the form back with what was typed. */
export function paramsRefusal(notice: Notice, intent: Intent, given: Params, key: string): Message {
  const others = wrongValues(askable(intent), given)
    .filter(({ message }) => plain(message) !== plain(notice.message))
    .map(({ message, hint }) => `• ${markdown(message)} ${escapeText(hint)}`);
  return refusedWith(key, [`${stateSymbol('refused')} Refused: ${noticeLine(notice)}`, ...others]);
}

/** What was typed as `params` can't be read. */
export function unreadableParams(why: Phrase, key: string): Message {
  return refusedWith(key, [
    `${stateSymbol('refused')} Refused: ${markdown(why)} Write ${inlineCode('params')} as ${inlineCode('name=value name=value')}; quotes hold together what has spaces.`,
  ]);
}

/** More is missing than a form has fields. */
export function tooManyMissing(intent: Intent, missing: readonly Param[], key: string): Message {
  const least = missing.length - MOST_FIELDS;
  return refusedWith(key, [
    `${stateSymbol('refused')} Refused: ${inlineCode(intent.name)} still needs ${formatCount(missing.length, 'value')}, and a form holds ${MOST_FIELDS}.`,
    `Give at least ${least} of them with ${inlineCode('params')}, such as ${inlineCode(
      missing
        .slice(0, least)
        .map(({ name }) => `${name}=…`)
        .join(' '),
      400,
    )}; a form asks for the others. Or write all of them at once with the button.`,
    {
      items: missing.map(
        (param) => `• ${inlineCode(param.name)}: ${escapeText(param.description ?? formOf(param))}`,
      ),
      show: missing.length,
      more: (hidden) => `and ${hidden} more`,
    },
  ]);
}

/** The form outlived the process that opened it. What was typed comes with it, and is given back whole. */
export function formGone(typed: Readonly<Record<string, string>>): Message {
  const text = typed[TYPED_TEXT] ?? writeParamText(typed);
  const why =
    'This form is no longer known: the bot was restarted since, or it stood open for more than an hour. Nothing ran.';
  if (text === '') return note(why, 'Send the command again.');
  const isLong = text.length > TEXT_SHOWN || text.includes('\n');
  const again = `Send the command again, with this as ${inlineCode('params')}:`;
  return withinLimits({
    embeds: [{ color: COLORS.grey, blocks: [why, again, codeBlock([text], 1, TEXT_SHOWN + 1)] }],
    files: isLong ? [{ name: 'params.txt', text: `${text}\n`, keep: 'start' }] : [],
  });
}

/** The button of a form that is no longer known. */
export function draftGone(): Message {
  return note(REASONS.params_invalid.summary, 'What was typed is no longer known. Send the command again.');
}

function refusedWith(key: string, blocks: readonly Block[]): Message {
  const change: Button = { id: formId(key), label: 'Change the values', style: 'go' };
  return withinLimits({ embeds: [{ color: COLORS.warn, blocks }], buttons: [change] });
}
