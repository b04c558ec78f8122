import { consentLines } from '../../../core/approval/consent-wording.js';
import { beginsAtOnce, nextYes } from '../../../core/model/consent.js';
import type { Waiting } from '../../../core/model/pending.js';
import { blockersOf } from '../../../core/model/plan.js';
import { isFinal, type Run, stateText } from '../../../core/model/run.js';
import { planningLine, stateSymbol } from '../../../core/model/wording.js';
import { writeParamText } from '../params/param-text.js';
import * as buttons from './buttons.js';
import { type Block, type Button, type Draft, type Message, withinLimits } from './fit.js';
import { blockerBlocks, isRisky, planBlocks } from './plan.js';
import { escapeText, inlineCode, markdown } from './text.js';
import { COLORS, colorOf, commitLines, time, titleLine, who } from './words.js';

/**
 * The preview: what would happen, and the buttons that fit the run's state. `changedFrom` is the run whose
 * place this one took because something changed after its preview.
 */
export function previewMessage(run: Run, changedFrom?: Run): Message {
  return withinLimits({
    embeds: [{ color: colorOf(run.state), blocks: [...banner(changedFrom), ...previewBlocks(run)] }],
    buttons: previewButtons(run, changedFrom !== undefined),
  });
}

/** A plan that takes long: what it waits for, and the way out. */
export function planningMessage(run: Run, waitsFor: Waiting | null): Message {
  const line = planningLine(waitsFor);
  const blocks = [
    titleLine(run),
    subtitle(run),
    '',
    `⏱ Planning… ${line === null ? '' : markdown(line)}`.trim(),
  ];
  return withinLimits({
    embeds: [{ color: COLORS.calm, blocks }],
    buttons: [buttons.cancelPlanning(run)],
  });
}

/** The preview without buttons, as the upper part of a message that shows progress below it. */
export function previewEmbed(run: Run): Draft['embeds'][number] {
  return {
    color: COLORS.calm,
    blocks: [titleLine(run), subtitle(run), ...agreement(run), '', ...planBlocks(run, false)],
  };
}

/** A preview that waits for an answer, below what led to it. */
export function waitingEmbed(run: Run): Draft['embeds'][number] {
  return { color: colorOf(run.state), blocks: previewBlocks(run) };
}

function previewBlocks(run: Run): Block[] {
  const head = [titleLine(run), subtitle(run), ...commitLines(run), ...agreement(run), ''];
  if (run.state === 'refused') return [...head, ...refused(run)];
  if (run.outcome?.reason === 'nothing_to_do') return [...head, ...nothingToDo(run)];
  if (isFinal(run.state)) return [...head, ...endedEarly(run)];
  if (run.dryRun) return [...head, ...planBlocks(run), '', 'This was a dry run: nothing runs.'];
  return [...head, ...planBlocks(run)];
}

/** Who has to agree and who has. A role that is named by its id is shown by its name; it is never pinged. */
function agreement(run: Run): Block[] {
  return consentLines(run).map((line) => `👥 ${markdown(line).replace(/`(\d{17,20})`/g, '<@&$1>')}`);
}

function subtitle(run: Run): string {
  const open =
    run.state === 'awaiting' && run.expiresAt !== null
      ? ` · open until ${time(run.expiresAt, 't')} (${time(run.expiresAt, 'R')})`
      : '';
  const dry = run.dryRun ? ' · dry run' : '';
  const given =
    Object.keys(run.params).length === 0 ? '' : ` · with ${inlineCode(writeParamText(run.params))}`;
  return `stack ${escapeText(run.stack, 80)} · asked by ${who(run.actor)}${given}${dry}${open}`;
}

function refused(run: Run): Block[] {
  const symbol = stateSymbol('refused');
  if (blockersOf(run.plan).length > 0) {
    return [...blockerBlocks(run.plan), `${symbol} Refused: nothing ran.`, '', ...planBlocks(run)];
  }
  const next = run.outcome?.next;
  return [
    `${symbol} **Refused.** ${run.outcome?.summary.map(markdown).join(' ') ?? ''}`,
    ...(next === undefined ? [] : [`**Next:** ${markdown(next)}`]),
  ];
}

/** Nobody is asked: what runs is as it should be, or nothing that could be done helps. */
function nothingToDo(run: Run): Block[] {
  const { summary = [], next } = run.outcome ?? {};
  return [
    `${stateSymbol('succeeded')} **Nothing to do.** ${summary.map(markdown).join(' ')}`.trim(),
    ...(next === undefined ? [] : [`**Next:** ${markdown(next)}`]),
  ];
}

/** It was cancelled, or cut off, while its plan was made. */
function endedEarly({ state, outcome }: Run): Block[] {
  const summary = outcome?.summary.map(markdown).join(' ') ?? '';
  return [`${stateSymbol(state)} **${capitalised(stateText(state))}.** ${summary}`];
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function banner(changedFrom: Run | undefined): Block[] {
  if (changedFrom === undefined) return [];
  const why = changedFrom.outcome?.summary.map(markdown).join(' ') ?? '';
  return [
    `${stateSymbol('plan_changed')} **Not run:** ${why} This is what would happen now (preview of ${time(changedFrom.createdAt, 'R')}).`,
    '',
  ];
}

/** A run that begins by itself has nothing to press, unless it took the place of one whose plan changed. */
function answerButtons(run: Run, isChanged: boolean): Button[] {
  if (beginsAtOnce(run) && !isChanged) return [];
  const risky = isRisky(run.plan);
  return nextYes(run) === 'approve'
    ? [buttons.approve(run, risky), buttons.reject(run)]
    : [buttons.confirm(run, risky)];
}

export function previewButtons(run: Run, isChanged: boolean): Button[] {
  const hasCommands = run.plan.parts.some((part) => part.steps.some((step) => step.commands.length > 0));
  const look = hasCommands ? [buttons.commands(run)] : [];
  if (run.state === 'awaiting') {
    return [...answerButtons(run, isChanged), buttons.cancel(run), ...look];
  }
  if (run.state !== 'refused') return look;
  const isPaused = blockersOf(run.plan).some(({ code }) => code === 'circuit_open');
  return [...(isPaused ? [buttons.tryNow(run)] : []), buttons.previewAgain(run), ...look];
}
