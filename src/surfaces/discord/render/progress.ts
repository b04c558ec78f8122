import type { Phrase } from '../../../core/model/phrase.js';
import type { ProgressSnapshot, Run } from '../../../core/model/run.js';
import {
  amountText,
  type NumberedStep,
  numberedSteps,
  percentDone,
  progressBar,
  stateSymbol,
  stepText,
} from '../../../core/model/wording.js';
import { paceNotes, rateText, timeLeftText } from '../../../core/planning/pace-wording.js';
import { formatCount } from '../../../core/text/format.js';
import * as buttons from './buttons.js';
import { type Block, type Button, type Message, withinLimits } from './fit.js';
import { graphProgress } from './graph-progress.js';
import type { LiveView } from './live-view.js';
import { previewEmbed } from './preview.js';
import { shortTitle } from './step-title.js';
import { inlineCode, markdown } from './text.js';
import { COLORS, stateLine, time, titleLine, who } from './words.js';

const BAR_CELLS = 18;
const STEPS_SHOWN = 6;
const HOLDERS_SHOWN = 3;

/** The message of a run under way. `withPreview` is false in a fresh message that goes on further down. */
export function progressMessage(view: LiveView, withPreview: boolean): Message {
  const { run } = view;
  return withinLimits({
    embeds: [...(withPreview ? [previewEmbed(run)] : []), { color: COLORS.calm, blocks: blocksOf(view) }],
    buttons: liveButtons(view),
  });
}

function blocksOf(view: LiveView): Block[] {
  const { run } = view;
  if (run.state === 'queued') return waitingBlocks(view);
  const blocks = run.plan.graph === undefined ? progressBlocks(view) : graphProgress(view);
  return [...blocks, ...stopping(run)];
}

/** The old message after its progress moved to a fresh one. */
export function movedMessage(run: Run, withPreview: boolean): Message {
  return withinLimits({
    embeds: [
      ...(withPreview ? [previewEmbed(run)] : []),
      { color: COLORS.calm, blocks: [titleLine(run), 'Progress goes on in a message further down.'] },
    ],
  });
}

/** The progress message once the run has ended; the outcome stands in a message of its own. */
export function endedMessage(run: Run, withPreview: boolean): Message {
  return withinLimits({
    embeds: [
      ...(withPreview ? [previewEmbed(run)] : []),
      { color: COLORS.grey, blocks: [stateLine(run), 'How it ended stands in the reply to this message.'] },
    ],
    buttons: [buttons.commands(run)],
  });
}

function liveButtons({ run, waitsFor }: LiveView): Button[] {
  if (run.stopRequestedBy !== null) return [];
  if (run.state !== 'queued' || waitsFor.length === 0) return [buttons.stop(run)];
  return [buttons.cancelMine(run), ...waitsFor.slice(0, HOLDERS_SHOWN).map(buttons.show)];
}

function waitingBlocks({ run, waitsFor }: LiveView): Block[] {
  const symbol = stateSymbol('queued');
  if (waitsFor.length === 0) {
    return [
      `${symbol} **Confirmed.** Checking that nothing has changed since the preview.`,
      ...stopping(run),
    ];
  }
  const holders = waitsFor.map((other) => {
    const since = other.startedAt === null ? 'comes first' : `runs since ${time(other.startedAt, 't')}`;
    const by = `${inlineCode(other.id)} (${other.action} by ${who(other.actor)})`;
    return `${inlineCode(other.stack)} is busy: ${by} ${since}.`;
  });
  return [
    `${symbol} **Waiting.** ${inlineCode(run.id)} is confirmed.`,
    { items: holders, show: HOLDERS_SHOWN, more: (hidden) => `and ${formatCount(hidden, 'more run')}` },
    waitsFor.length === 1 ? 'Yours starts when it ends.' : 'Yours starts when they end.',
    ...stopping(run),
  ];
}

function progressBlocks({ run, pace, now }: LiveView): Block[] {
  const at = pace?.at ?? { part: 0, step: 0 };
  const position = stepText(run.plan, at);
  const notes = pace === null ? [] : paceNotes(run.plan, pace, now.getTime());
  return [
    `${stateSymbol('running')} ${titleLine(run)}${position === null ? '' : ` · ${position}`}`,
    [...measures(at), ...timing({ run, pace, now })].join(' · '),
    stepLines(numberedSteps(run.plan), at),
    ...(at.current === undefined || notes.some(namesFile) ? [] : [inlineCode(at.current, 100)]),
    ...notes.map((note) => `⚠ ${markdown(note)}`),
  ];
}

/** A relative timestamp goes on counting by itself, also while a step says nothing. */
function timing({ run, pace, now }: Pick<LiveView, 'run' | 'pace' | 'now'>): string[] {
  const started = run.startedAt === null ? null : `started ${time(run.startedAt, 'R')}`;
  const left = pace === null ? null : timeLeftText(run.plan, pace, now.getTime());
  const rate = pace === null ? null : rateText(pace, now.getTime());
  const times = [started, left].filter((text) => text !== null).join(', ');
  return [...(rate === null ? [] : [rate]), ...(times === '' ? [] : [times])];
}

function namesFile(note: Phrase): boolean {
  return note.some((part) => typeof part !== 'string');
}

function stopping(run: Run): Block[] {
  if (run.stopRequestedBy === null) return [];
  return [`⏹ Stopping, asked by ${who(run.stopRequestedBy)}. Things are put back first.`];
}

function measures(at: ProgressSnapshot): string[] {
  const percent = percentDone(at);
  const amount = amountText(at);
  return [
    ...(percent === null ? [] : [`\`${progressBar(percent, BAR_CELLS)}\` ${percent} %`]),
    ...(amount === null ? [] : [amount]),
  ];
}

/** The current step with its neighbours, one a line. */
function stepLines(steps: readonly NumberedStep[], at: ProgressSnapshot): string {
  const current = steps.findIndex(({ part, step }) => part === at.part && step === at.step);
  const first = Math.max(0, Math.min(current - 2, steps.length - STEPS_SHOWN));
  return steps
    .slice(first, first + STEPS_SHOWN)
    .map((step, offset) => {
      const index = first + offset;
      const mark = index < current ? '✓' : index === current ? '▸' : '·';
      return `${mark} ${shortTitle(step)}`;
    })
    .join('\n');
}
