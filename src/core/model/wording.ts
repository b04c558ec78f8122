import { formatBytes, formatCount, formatDuration } from '../text/format.js';
import type { Waiting } from './pending.js';
import { code, type Phrase, phrase } from './phrase.js';
import type { Plan } from './plan.js';
import type { Action } from './request.js';
import { type ProgressSnapshot, type RunState, type RunSummary, stateText } from './run.js';

/**
 * Words that every surface says in the same way, free of markup: Discord sets values off as inline code,
 * the command line prints them as they are.
 */

const SYMBOLS: Readonly<Record<RunState, string>> = {
  planned: '📋',
  awaiting: '❔',
  queued: '⏱',
  running: '▶',
  succeeded: '✅',
  failed: '❌',
  rolled_back: '↩',
  cancelled: '✖',
  expired: '⏳',
  refused: '🔒',
  plan_changed: '🔁',
  interrupted: '⏸',
};

const STATE_WORDS: Readonly<Partial<Record<RunState, string>>> = {
  planned: 'planned, dry run',
  awaiting: 'waits for an answer',
  queued: 'waits for its turn',
  running: 'is running',
  plan_changed: 'not run, something changed',
};

/** An action as a message begins with it: `Backup`. */
export function actionTitle(action: Action): string {
  return `${action.charAt(0).toUpperCase()}${action.slice(1)}`;
}

/** One symbol for a state. It never stands alone: the word beside it says the same. */
export function stateSymbol(state: RunState): string {
  return SYMBOLS[state];
}

/** The first line of a message about a run, apart from its name and id: `✅` and `Backup succeeded`. */
export function headline(run: Pick<RunSummary, 'action' | 'state' | 'startedAt'>): {
  symbol: string;
  title: string;
} {
  const paused = run.state === 'plan_changed' && run.startedAt !== null;
  const words = paused ? 'paused, something changed' : (STATE_WORDS[run.state] ?? stateText(run.state));
  return { symbol: stateSymbol(run.state), title: `${actionTitle(run.action)} ${words}` };
}

/** Milliseconds from the first step to the end; null for a run that never began or has not ended. */
export function durationMs(run: Pick<RunSummary, 'startedAt' | 'finishedAt'>): number | null {
  if (run.startedAt === null || run.finishedAt === null) return null;
  return Math.max(0, Date.parse(run.finishedAt) - Date.parse(run.startedAt));
}

/** `after 12 s` for a run that began and did not succeed, `in 52 s` for one that did; else null. */
export function durationText(run: Pick<RunSummary, 'state' | 'startedAt' | 'finishedAt'>): string | null {
  const ms = durationMs(run);
  if (ms === null) return null;
  return `${run.state === 'succeeded' ? 'in' : 'after'} ${formatDuration(ms)}`;
}

/** An answer that took less than this, in ms, is not called late. */
const NOTABLE_MS = 1000;

/** What a plan that takes long waits for, in words; null while it asks nothing. */
export function planningLine(waitsFor: Waiting | null): Phrase | null {
  if (waitsFor === null) return null;
  if (waitsFor.forMs < NOTABLE_MS) return phrase`Asking ${waitsFor.what}.`;
  return phrase`${waitsFor.what} hasn’t answered for ${formatDuration(waitsFor.forMs)}.`;
}

/** A step of a plan, numbered from 1 over all parts. */
export interface NumberedStep {
  readonly number: number;
  readonly part: number;
  readonly step: number;
  readonly title: Phrase;
}

/** Every step of every part in the order in which they run. */
export function numberedSteps(plan: Plan): readonly NumberedStep[] {
  return plan.parts
    .flatMap((part, partIndex) =>
      part.steps.map((step, index) => ({ part: partIndex, step: index, title: step.title })),
    )
    .map((step, index) => ({ ...step, number: index + 1 }));
}

/** The same by the index of their part. */
export function stepsByPart(plan: Plan): ReadonlyMap<number, readonly NumberedStep[]> {
  const byPart = new Map<number, NumberedStep[]>();
  for (const step of numberedSteps(plan)) {
    const others = byPart.get(step.part);
    if (others) others.push(step);
    else byPart.set(step.part, [step]);
  }
  return byPart;
}

/** `step 2 of 4`, counted over all parts; null when the plan has no such step. */
export function stepText(plan: Plan, at: Pick<ProgressSnapshot, 'part' | 'step'>): string | null {
  const steps = numberedSteps(plan);
  const found = steps.find(({ part, step }) => part === at.part && step === at.step);
  return found ? `step ${found.number} of ${steps.length}` : null;
}

/** Which other intents' steps a plan holds, in their order, when it is more than the intent's own. */
export function includesLine(plan: Plan): Phrase | null {
  if (plan.graph !== undefined) return null;
  const others = [...new Set(plan.parts.map(({ intent }) => intent))].filter((name) => name !== plan.intent);
  if (others.length === 0) return null;
  const names = others.flatMap((name, index): Phrase => (index === 0 ? [code(name)] : [', ', code(name)]));
  return phrase`Runs ${names} first, because ${code(plan.intent)} depends on ${others.length === 1 ? 'it' : 'them'}.`;
}

/** Who holds what a queued run needs; an empty list of runs gives null. */
export function waitingLine(
  run: Pick<RunSummary, 'id' | 'stack'>,
  waitsFor: readonly string[],
): Phrase | null {
  if (waitsFor.length === 0) return null;
  const ids = waitsFor.flatMap((id, index): Phrase => (index === 0 ? [code(id)] : [', ', code(id)]));
  return waitsFor.length === 1
    ? phrase`${code(run.stack)} is busy: ${ids} has not ended. ${code(run.id)} starts when it ends.`
    : phrase`${code(run.stack)} is busy: ${ids} have not ended. ${code(run.id)} starts when they end.`;
}

/** Share done as a whole number from 0 to 100; null while the amount is unknown. */
export function percentDone(progress: ProgressSnapshot): number | null {
  const { done, total } = progress;
  if (done === undefined || total === undefined || total <= 0) return null;
  return Math.floor(Math.min(1, Math.max(0, done / total)) * 100);
}

/** `1.0 of 1.8 GiB`, `12 of 214 files`, `700 MiB so far`; null while nothing is counted. */
export function amountText(progress: ProgressSnapshot): string | null {
  const { done, total, unit } = progress;
  if (done === undefined || unit === undefined) return null;
  if (unit === 'files') {
    return total === undefined
      ? `${formatCount(done, 'file')} so far`
      : `${done.toLocaleString('en-US')} of ${formatCount(total, 'file')}`;
  }
  if (total === undefined) return `${formatBytes(done)} so far`;
  const [number = '', label] = formatBytes(done).split(' ');
  const [totalNumber, totalLabel] = formatBytes(total).split(' ');
  return label === totalLabel
    ? `${number} of ${totalNumber} ${totalLabel}`
    : `${formatBytes(done)} of ${formatBytes(total)}`;
}

/** A bar of full and empty cells: `██████░░░░`. */
export function progressBar(percent: number, cells: number): string {
  const full = Math.round((Math.min(100, Math.max(0, percent)) / 100) * cells);
  return '█'.repeat(full) + '░'.repeat(cells - full);
}

/** What stands in the place of a plan and log that were removed after their time. */
export function planRemoved(): Phrase {
  return phrase`Its plan and log were removed: ${code('CHATOPS_KEEP_LOGS_DAYS')} says how long they are kept.`;
}
