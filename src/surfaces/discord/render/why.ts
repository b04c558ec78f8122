import type { ConfirmRule } from '../../../core/model/policy.js';
import type { ExplainedRight, Explanation } from '../../../core/policy/explanation.js';
import { type Message, withinLimits } from './fit.js';

import { inlineCode, markdown } from './text.js';
import { COLORS } from './words.js';

const CONFIRM: Readonly<Record<ConfirmRule['confirm'], string>> = {
  never: 'Nobody has to confirm it',
  person: 'A person has to confirm it, whoever asks',
  two_people: 'A second person has to approve it',
};

/** `/why`: what somebody may do with an intent, and which rule says so. */
export function explanationMessage({ intent, roles, rights, confirm }: Explanation): Message {
  const held = roles.map((role) => inlineCode(role, 80)).join(', ');
  return withinLimits({
    embeds: [
      {
        color: COLORS.calm,
        blocks: [
          `**What you may do with** ${inlineCode(intent, 100)}`,
          ...(held === '' ? [] : [`Your roles here: ${held}`]),
          '',
          ...rights.map(rightLine),
          ...(confirm ? ['', `${CONFIRM[confirm.confirm]}: ${inlineCode(confirm.path.join(' › '))}.`] : []),
        ],
      },
    ],
  });
}

function rightLine({ right, allowed, because, remedy }: ExplainedRight): string {
  const next = remedy ? ` ${markdown(remedy)}` : '';
  return `${allowed ? '✓' : '🔒'} **${right}**: ${markdown(because)}${next}`;
}
