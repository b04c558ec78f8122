import type { Intent, IntentProblem } from '../../../core/model/intent.js';
import type { Notice } from '../../../core/model/reasons.js';
import type { Action } from '../../../core/model/request.js';
import { formatCount } from '../../../core/text/format.js';
import { type Message, withinLimits } from './fit.js';
import { noticeLine } from './plan.js';
import { escapeText, inlineCode } from './text.js';
import { COLORS } from './words.js';

const INTENTS_SHOWN = 25;
const PROBLEMS_SHOWN = 8;

/** An intent that a person may see, and perhaps run. */
export interface SeenIntent {
  readonly intent: Intent;
  readonly runnable: boolean;
}

/** `/intents`: what this person may see, and what is wrong with the files or with all of them. */
export function intentList(
  seen: readonly SeenIntent[],
  warningOf: (name: string) => Notice | null,
  { outdated, problems }: { readonly outdated: Notice | null; readonly problems: readonly IntentProblem[] },
): Message {
  const lines = seen.map((one) => intentLine(one, warningOf(one.intent.name)));
  const faults = problems.map(problemLine);
  return withinLimits({
    embeds: [
      {
        color: problems.length === 0 && outdated === null ? COLORS.calm : COLORS.warn,
        blocks: [
          ...(outdated === null ? [] : [noticeLine(outdated), '']),
          ...(faults.length === 0
            ? []
            : [
                `⚠ **${formatCount(faults.length, 'problem')} in intent files**`,
                {
                  items: faults,
                  show: PROBLEMS_SHOWN,
                  more: (hidden: number) => `and ${hidden} more: run ${inlineCode('chatops validate')}`,
                },
                '',
              ]),
          seen.length === 0 ? 'No intents yet. docs/intents.md shows how to write one.' : '**Intents**',
          {
            items: lines,
            show: INTENTS_SHOWN,
            more: (hidden) => `and ${hidden} more in ${inlineCode('intents.txt')}`,
            file: () => ({
              name: 'intents.txt',
              text: seen
                .map(({ intent: { name, action, stack } }) => `${name}\t${action}\t${stack}\n`)
                .join(''),
              keep: 'start',
            }),
          },
        ],
      },
    ],
  });
}

function intentLine({ intent, runnable }: SeenIntent, warning: Notice | null): string {
  const { name, action, stack, description } = intent;
  const only = runnable ? '' : ' · you can see it, not run it';
  const about = description === '' ? '' : `: ${escapeText(description, 120)}`;
  const stale = warning === null ? '' : `\n⚠ ${noticeLine(warning)}`;
  return `${inlineCode(name, 80)} · ${action} · stack ${escapeText(stack, 60)}${only}${about}${stale}`;
}

function problemLine({ file, line, field, message, hint }: IntentProblem): string {
  const where = `${inlineCode(file.split('/').at(-1) ?? file, 80)} line ${line}`;
  return `• ${where}${field === '' ? '' : `, ${inlineCode(field, 80)}`}: ${escapeText(message, 200)} ${escapeText(hint, 200)}`;
}

const ACTIONS = ['backup', 'scale', 'rollout', 'steps'] as const satisfies readonly Action[];

const OFFERS: Readonly<Record<Action, (count: number) => string>> = {
  backup: (count) => `${formatCount(count, 'backup')} that you may run`,
  scale: (count) => `${formatCount(count, 'service')} that you may scale`,
  rollout: (count) => `${formatCount(count, 'rollout')} that you may run`,
  steps: (count) => `${formatCount(count, 'row')} of steps that you may run`,
};

/** `/help`: only what this person may do. `runnable` is how many intents of each action they may run. */
export function help(runnable: Readonly<Record<Action, number>>): Message {
  const offers = ACTIONS.filter((action) => runnable[action] > 0).map(
    (action) => `/${action}: one of ${OFFERS[action](runnable[action])}`,
  );
  return withinLimits({
    embeds: [
      {
        color: COLORS.calm,
        blocks: [
          '**ChatOps shows what would happen, with numbers, and runs it once you confirm.**',
          '',
          ...offers,
          '/status: what runs in each stack, its health, and what was last done to it',
          '/runs: the last runs and how they ended',
          '/run: one run with its plan, outcome and log',
          '/intents: what can be run, and what is wrong with its files',
          '/schedules: what runs by itself, when next, and how it went last',
          '/why: what you may do with an intent, and which rule says so',
          '/lock, /unlock: hold a stack, so that no run on it begins',
          '',
          `What can be run is written down in intents, one small YAML file each. docs/intents.md shows how to write one.`,
        ],
      },
    ],
  });
}
