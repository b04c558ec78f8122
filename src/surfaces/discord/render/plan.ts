import { blockersOf, deletionsOf, type Effect, type Plan, warningsOf } from '../../../core/model/plan.js';
import type { Notice } from '../../../core/model/reasons.js';
import type { Run } from '../../../core/model/run.js';
import { expectationLine } from '../../../core/planning/pace-wording.js';
import { formatCount } from '../../../core/text/format.js';
import type { Block, List, TextFile } from './fit.js';
import { graphBlocks } from './graph.js';
import { escapeText, inlineCode, markdown } from './text.js';

const STEPS_SHOWN = 12;
const NOTICES_SHOWN = 6;
const DELETIONS_SHOWN = 8;
const TARGETS_SHOWN = 4;

/**
 * What a plan does, as a preview shows it: harm first, then the steps, the deletions, the warnings.
 * `attach` is false for a message that keeps the file it has.
 */
export function planBlocks(run: Run, attach = true): Block[] {
  const harm = harmLine(run.plan, run.state !== 'refused');
  const { graph } = run.plan;
  return [
    ...(harm === '' ? [] : [harm, '']),
    ...(graph !== undefined ? [...graphBlocks(run, graph, attach), ...expectation(run)] : stepBlocks(run)),
    ...deletionBlocks(run, attach),
    ...noticeBlocks(warningsOf(run.plan)),
  ];
}

function stepBlocks(run: Run): Block[] {
  return [
    ...(run.plan.parts.every((part) => part.steps.length === 0)
      ? []
      : [`**What ${isCertain(run) ? 'will' : 'would'} happen**`, steps(run.plan), ...expectation(run)]),
  ];
}

function expectation({ plan, state }: Run): string[] {
  const line = state === 'refused' ? null : expectationLine(plan);
  return line === null ? [] : [markdown(line)];
}

/** A dry run and a refused run never happen. */
function isCertain(run: Run): boolean {
  return !run.dryRun && run.state !== 'refused';
}

/** Does the plan delete, stop, remove or replace anything? */
export function isRisky(plan: Plan): boolean {
  return harmLine(plan, true) !== '';
}

/** Why a plan can't run, with the way out of each. */
export function blockerBlocks(plan: Plan): Block[] {
  const [first, ...others] = blockersOf(plan);
  if (first === undefined) return [];
  return [`**Can’t run yet.** ${noticeLine(first)}`, noticeList(others, '•')];
}

export function noticeBlocks(notices: readonly Notice[]): Block[] {
  return notices.length === 0 ? [] : ['', noticeList(notices, '⚠')];
}

export function noticeLine({ message, remedy }: Notice): string {
  return `${markdown(message)} ${markdown(remedy)}`.trim();
}

function noticeList(notices: readonly Notice[], mark: string): List {
  return {
    items: [...new Set(notices.map((notice) => `${mark} ${noticeLine(notice)}`))],
    show: NOTICES_SHOWN,
    more: (hidden) => `and ${formatCount(hidden, 'more note')}: see Details`,
  };
}

function steps(plan: Plan): List {
  const several = plan.parts.length > 1;
  let number = 0;
  const items = plan.parts.flatMap((part) =>
    part.steps.map((step, index) => {
      number += 1;
      const line = `${number}. ${markdown(step.title)}`;
      return several && index === 0 ? `__${escapeText(part.intent, 60)}__\n${line}` : line;
    }),
  );
  return {
    items,
    show: STEPS_SHOWN,
    more: (hidden) => `and ${formatCount(hidden, 'more step')}: see Show commands`,
  };
}

const HARM: readonly Effect['kind'][] = ['stop', 'remove', 'replace'];

/** `certain` is false for a plan that was refused: then it says what would have been. */
function harmLine(plan: Plan, certain: boolean): string {
  const verb = (word: string) => (certain ? `**${word}s**` : `**${word}**`);
  const effects = plan.parts.flatMap((part) => part.effects);
  const deleted = deletionsOf(plan).length;
  const places = effects.flatMap((effect) =>
    effect.kind === 'delete' && effect.paths.length > 0 ? [effect.target] : [],
  );
  const phrases = [
    ...(deleted === 0 ? [] : [`${verb('delete')} ${formatCount(deleted, 'file')} in ${targets(places)}`]),
    ...HARM.flatMap((kind) => {
      const hit = effects.filter((effect) => effect.kind === kind).map((effect) => effect.target);
      return hit.length === 0 ? [] : [`${verb(kind)} ${targets(hit)}`];
    }),
  ];
  return phrases.length === 0 ? '' : `⚠ This ${certain ? '' : 'would '}${phrases.join(' · ')}`;
}

function targets(names: readonly string[]): string {
  const unique = [...new Set(names)];
  const shown = unique.slice(0, TARGETS_SHOWN).map((name) => inlineCode(name, 80));
  const hidden = unique.length - shown.length;
  return hidden > 0 ? `${shown.join(', ')} and ${hidden} more` : shown.join(', ');
}

function deletionBlocks(run: Run, attach: boolean): Block[] {
  const paths = deletionsOf(run.plan);
  if (paths.length === 0) return [];
  const file = `${run.id}-deletions.txt`;
  return [
    '',
    `**Files to delete** (${paths.length.toLocaleString('en-US')})`,
    {
      // Only what may be shown is rendered: the list can hold 100,000 paths.
      items: lazyLines(paths, DELETIONS_SHOWN + 1),
      show: DELETIONS_SHOWN,
      more: () => `and more: all ${paths.length.toLocaleString('en-US')} are in ${inlineCode(file)}`,
      ...(attach ? { file: (): TextFile => ({ name: file, text: pathLines(paths), keep: 'start' }) } : {}),
    },
  ];
}

function lazyLines(paths: readonly string[], count: number): string[] {
  return paths.slice(0, count).map((path) => `• ${inlineCode(path, 120)}`);
}

/** One path a line; characters that would break the line or colour a terminal are written out. */
function pathLines(paths: readonly string[]): string {
  return paths
    .map((path) => path.replace(/[\p{Cc}\\]/gu, (char) => JSON.stringify(char).slice(1, -1)))
    .join('\n')
    .concat('\n');
}
