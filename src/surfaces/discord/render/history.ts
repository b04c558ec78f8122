import { consentLines, waitingFor } from '../../../core/approval/consent-wording.js';
import {
  isBeingPlanned,
  isFinal,
  type Run,
  type RunState,
  type RunSummary,
  stateText,
} from '../../../core/model/run.js';
import { planRemoved, stateSymbol } from '../../../core/model/wording.js';
import { stepGroups } from '../../../core/views/step-wording.js';
import * as buttons from './buttons.js';
import { type Block, type Message, withinLimits } from './fit.js';
import { outcomeBlocks } from './outcome.js';
import { planBlocks } from './plan.js';
import { escapeText, inlineCode, markdown } from './text.js';
import { COLORS, colorOf, stateLine, time, titleLine, who } from './words.js';

const STEPS_NAMED = 12;

/** States whose name says too little in a list. */
const WORDS: Partial<Record<RunState, string>> = {
  planned: 'planned (dry run)',
};

function wordOf(run: RunSummary): string {
  if (isBeingPlanned(run)) return 'being planned';
  return run.state === 'awaiting' ? waitingFor(run) : (WORDS[run.state] ?? stateText(run.state));
}

/** `/runs`: the last runs, newest first. */
export function runList(runs: readonly RunSummary[]): Message {
  if (runs.length === 0) {
    return withinLimits({
      embeds: [{ color: COLORS.grey, blocks: ['No runs yet. Ask for one with /backup.'] }],
    });
  }
  return withinLimits({
    embeds: [
      {
        color: COLORS.calm,
        blocks: [
          '**Last runs**',
          { items: runs.map(runLine), show: runs.length, more: (hidden) => `and ${hidden} more` },
          '',
          'More about one: /run and its id.',
        ],
      },
    ],
  });
}

/** ``✅ succeeded · plex-database `r-7k2m` · @alice · 2 hours ago`` */
export function runLine(run: RunSummary): string {
  const word = wordOf(run);
  const name = escapeText(run.intent, 60);
  return `${stateSymbol(run.state)} ${word} · ${name} ${inlineCode(run.id)} · ${who(run.actor)} · ${time(run.createdAt, 'R')}`;
}

/** `/run` and Details: what was planned, how it ended, its log. */
export function runDetails(run: Run, log: string): Message {
  const head = isFinal(run.state) ? stateLine(run) : `${titleLine(run)} · ${wordOf(run)}`;
  return withinLimits({
    embeds: [
      { color: COLORS.grey, blocks: run.plan.isRemoved ? [markdown(planRemoved())] : planBlocks(run) },
      {
        color: colorOf(run.state),
        blocks: [
          head,
          ...facts(run),
          ...stepGroups(run, STEPS_NAMED).map(markdown),
          '',
          ...outcomeBlocks(run),
        ],
      },
    ],
    buttons: run.plan.parts.length > 0 ? [buttons.commands(run)] : [],
    files: log === '' ? [] : [{ name: `${run.id}.log`, text: log, keep: 'end' }],
  });
}

function facts(run: Run): Block[] {
  const params = Object.entries(run.params).map(([name, value]) => `${name}=${String(value)}`);
  const moments: [string, string | null][] = [
    ['asked', run.createdAt],
    ['started', run.startedAt],
    ['ended', run.finishedAt],
  ];
  const times = moments.flatMap(([word, at]) => (at === null ? [] : [`${word} ${time(at, 't')}`]));
  return [
    `stack ${escapeText(run.stack, 80)} · asked by ${who(run.actor)} through ${run.source}`,
    `${times.join(' · ')} (${time(run.createdAt, 'R')})`,
    ...(params.length === 0 ? [] : [`with ${inlineCode(params.join(' '))}`]),
    ...(run.decidedBy === null ? [] : [`answered by ${who(run.decidedBy)}`]),
    ...consentLines(run).map(markdown),
    ...(run.stopRequestedBy === null ? [] : [`stopped by ${who(run.stopRequestedBy)}`]),
    ...(run.previous === null ? [] : [`after ${inlineCode(run.previous)}`]),
  ];
}
