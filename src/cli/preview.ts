import { consentLines } from '../core/approval/consent-wording.js';
import { blockersOf, type Effect, type PlanPart, warningsOf } from '../core/model/plan.js';
import type { Notice } from '../core/model/reasons.js';
import { isFinal, type Run, stateText } from '../core/model/run.js';
import { actionTitle, includesLine, numberedSteps } from '../core/model/wording.js';
import { expectationLine } from '../core/planning/pace-wording.js';
import { formatCount, formatDuration } from '../core/text/format.js';
import { argvTexts } from '../core/views/views.js';
import { graphLines } from './graph-preview.js';
import { clean, clock, type Style, sentence } from './text.js';

/** Paths listed of each deletion; a preview must fit on a screen. */
const PATHS_SHOWN = 10;

/** What a run would do, for people: steps, deletions, warnings, and what is in the way. */
export function previewLines(run: Run, style: Style, now: Date): string[] {
  const { plan } = run;
  const includes = includesLine(plan);
  const modal = run.state === 'refused' ? 'would' : 'will';
  return [
    `${style.bold(`${actionTitle(run.action)} · ${clean(run.intent)}`)}  ${style.cyan(run.id)}`,
    style.dim(`stack ${clean(run.stack)} · asked by ${clean(run.actor.name)} · ${standing(run, now)}`),
    ...(includes ? [sentence(includes, style)] : []),
    ...(numberedSteps(plan).length > 0 || plan.graph !== undefined
      ? ['', style.bold(`What ${modal} happen`), ...whatHappens(run, style)]
      : []),
    ...expectation(run, style),
    ...plan.parts.flatMap((part) => part.effects).flatMap((effect) => deletionLines(effect, style)),
    ...spaced(warningsOf(plan).map((notice) => warningLine(notice, style))),
    ...spaced(refusalLines(run, style)),
    ...spaced(consentLines(run).map((line) => sentence(line, style))),
    '',
  ];
}

function standing(run: Run, now: Date): string {
  if (run.state === 'refused') return 'can’t run';
  if (isFinal(run.state)) return stateText(run.state);
  if (run.expiresAt === null) return 'dry run, nothing is changed';
  const left = Date.parse(run.expiresAt) - now.getTime();
  return `open until ${clock(run.expiresAt)} (in ${formatDuration(left)})`;
}

function whatHappens(run: Run, style: Style): string[] {
  const { graph } = run.plan;
  return graph === undefined ? stepLines(run, style) : graphLines(run.plan, graph, style);
}

function stepLines(run: Run, style: Style): string[] {
  return numberedSteps(run.plan).map(({ number, title }) => `  ${number}. ${sentence(title, style)}`);
}

function expectation({ plan, state }: Run, style: Style): string[] {
  const line = state === 'refused' ? null : expectationLine(plan);
  return line === null ? [] : [`  ${sentence(line, style)}`];
}

function deletionLines(effect: Effect, style: Style): string[] {
  if (effect.kind !== 'delete' || effect.paths.length === 0) return [];
  const more = effect.paths.length - PATHS_SHOWN;
  return [
    '',
    style.bold(`Will be deleted in ${clean(effect.target)} (${formatCount(effect.paths.length, 'path')})`),
    ...effect.paths.slice(0, PATHS_SHOWN).map((path) => `  ${style.red(clean(path))}`),
    ...(more > 0 ? [style.dim(`  … and ${more.toLocaleString('en-US')} more; --json lists all`)] : []),
  ];
}

export function warningLine(notice: Notice, style: Style): string {
  return `${style.yellow('⚠')} ${sentence(notice.message, style)} ${sentence(notice.remedy, style)}`;
}

/** Why a run was refused when it was planned: its blockers, or what its outcome says. */
function refusalLines(run: Run, style: Style): string[] {
  if (run.state !== 'refused') {
    // Cancelled, or cut off, while the plan was made.
    return isFinal(run.state) ? (run.outcome?.summary ?? []).map((line) => sentence(line, style)) : [];
  }
  const blockers = blockersOf(run.plan);
  const reasons =
    blockers.length > 0
      ? blockers.map(({ message, remedy }) => `${sentence(message, style)} ${sentence(remedy, style)}`)
      : (run.outcome?.summary ?? []).map((line) => sentence(line, style));
  return [style.red(style.bold('Can’t run yet.')), ...reasons.map((line) => `  ${line}`)];
}

function spaced(lines: readonly string[]): readonly string[] {
  return lines.length > 0 ? ['', ...lines] : [];
}

/** The exact commands of every step; several in one step form a pipeline. */
export function commandLines(parts: readonly PlanPart[], style: Style): string[] {
  const steps = parts.flatMap((part) => part.steps);
  return [
    style.bold('Commands'),
    ...steps.flatMap(({ commands }, index) =>
      commands.length === 0
        ? [`  ${index + 1}. ${style.dim('done by ChatOps itself')}`]
        : commands.map((argv, at) => `  ${at === 0 ? `${index + 1}.` : '   |'} ${argvLine(argvTexts(argv))}`),
    ),
    '',
  ];
}

/** A command as one would type it; only for reading: nothing is ever run through a shell. */
function argvLine(argv: readonly string[]): string {
  return argv
    .map(clean)
    .map((arg) => (/^[\w@%+=:,./•-]+$/u.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
