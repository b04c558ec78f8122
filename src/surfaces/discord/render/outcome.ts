import { canResume } from '../../../core/admission/resume.js';
import type { Run } from '../../../core/model/run.js';
import { durationText } from '../../../core/model/wording.js';
import * as buttons from './buttons.js';
import { type Block, type Button, type Message, withinLimits } from './fit.js';
import { noticeBlocks } from './plan.js';
import { previewButtons, waitingEmbed } from './preview.js';
import { codeBlock, markdown } from './text.js';
import { colorOf, commitLines, stateLine, userId } from './words.js';

/** A graph's outcome has a sentence for each group of steps after those for the steps that failed. */
const SENTENCES_SHOWN = 24;
const TAIL_LINES = 10;
const TAIL_CHARS = 900;

/** Where the outcome would stand, and why it doesn't. */
export interface Elsewhere {
  readonly channelId: string;
  readonly why: 'gone' | 'forbidden' | 'closed';
}

const WHY_ELSEWHERE = {
  gone: 'was deleted, or is hidden from the bot',
  forbidden: 'lets the bot write nothing any more',
  closed: 'is closed',
} as const;

function elsewhereLine(elsewhere: Elsewhere | undefined): Block[] {
  if (elsewhere === undefined) return [];
  return [
    `-# Posted here because <#${elsewhere.channelId}>, where it was asked for, ${WHY_ELSEWHERE[elsewhere.why]}.`,
  ];
}

/**
 * How a run ended: a new message that pings who asked, or who let it begin where no person asked. The headline stands in the content, because that is
 * what a phone's notification shows. `log` is attached when the run did not succeed. `successor` is what waits for
 * an answer because something changed in the middle: its preview and its buttons stand below.
 */
export function outcomeMessage(run: Run, log: string, successor?: Run, elsewhere?: Elsewhere): Message {
  const asker = userId(run.actor) ?? (run.decidedBy && userId(run.decidedBy));
  const mention = asker === null ? '' : `<@${asker}> `;
  const took = durationText(run);
  return withinLimits({
    content: `${mention}${stateLine(run)}${took === null ? '' : ` · ${took}`}`,
    embeds: [
      { color: colorOf(run.state), blocks: [...outcomeBlocks(run), ...elsewhereLine(elsewhere)] },
      ...(successor === undefined ? [] : [waitingEmbed(successor)]),
    ],
    buttons: successor === undefined ? outcomeButtons(run) : previewButtons(successor, true),
    files: run.state === 'succeeded' || log === '' ? [] : [{ name: `${run.id}.log`, text: log, keep: 'end' }],
    ping: asker,
  });
}

/** What happened, what is so now, what next, and the last words of the tools. */
export function outcomeBlocks(run: Run): Block[] {
  const { outcome: end } = run;
  if (end === null) return [];
  const tail = run.state === 'succeeded' ? [] : end.tail;
  return [
    ...commitLines(run),
    {
      items: end.summary.map(markdown),
      show: SENTENCES_SHOWN,
      more: (hidden) => `and ${hidden} more: see Details`,
    },
    ...noticeBlocks(end.warnings),
    ...(end.rollBack === undefined ? [] : [`**Roll back** would: ${markdown(end.rollBack)}`]),
    ...(end.next === undefined ? [] : [`**Next:** ${markdown(end.next)}`]),
    ...(tail.length === 0 ? [] : [codeBlock(tail, TAIL_LINES, TAIL_CHARS)]),
  ];
}

function outcomeButtons(run: Run): Button[] {
  if (run.state === 'succeeded') return [buttons.details(run)];
  if (canResume(run)) return [buttons.resume(run), buttons.retryAll(run), buttons.details(run)];
  const again = run.state === 'failed' || run.state === 'rolled_back' ? buttons.retry : buttons.runAgain;
  const back = run.outcome?.rollBack ? [buttons.rollBack(run)] : [];
  return [again(run), ...back, buttons.details(run)];
}
