import { consentOf } from '../core/model/consent.js';
import { isFinal, type Run } from '../core/model/run.js';
import type { Context } from './context.js';
import { CliError, EXIT, refusal } from './errors.js';
import { exitCodeOf } from './exit-code.js';
import { outcomeLines } from './outcome.js';
import { isYes, readLine } from './question.js';

/** What the operator says to a preview. `typed` is the name, where one was asked for. */
export type Answer =
  | { readonly yes: true; readonly typed: string | null /** Nobody was asked. */; readonly atOnce: boolean }
  | { readonly yes: false; readonly exitCode: number };

export const YES: Answer = { yes: true, typed: null, atOnce: true };

/** From the options, or by asking. Throws {@link CliError} where nobody can answer; a no withdraws the preview. */
export async function answerOf(
  ctx: Context,
  run: Run,
  given: { readonly yes: boolean; readonly confirm: string | null },
  interrupted: AbortSignal,
): Promise<Answer> {
  const { typed: needsName } = consentOf(run);
  if (given.yes && !needsName) return YES;
  if (given.yes && given.confirm === run.intent) return { yes: true, typed: given.confirm, atOnce: true };
  if (given.yes || !ctx.out.interactive) {
    await withdraw(ctx, run);
    throw unanswered(run, given, needsName);
  }
  return needsName ? askForName(ctx, run, interrupted) : askForYes(ctx, run, interrupted);
}

/** Cancels a preview that nobody will answer. One that has ended by itself needs no cancelling. */
export async function withdraw(ctx: Context, run: Run): Promise<void> {
  if (isFinal(run.state)) return;
  const decision = await ctx.app.pipeline.decide(run.id, ctx.deps.operator, 'cancel');
  if (!decision.ok && decision.notice.code !== 'already_decided') throw refusal(decision.notice);
}

function unanswered(run: Run, { yes }: { readonly yes: boolean }, needsName: boolean): CliError {
  if (!needsName) {
    return new CliError(
      EXIT.refused,
      'confirmation_needed',
      'Nobody can answer here, so nothing was run.',
      `Add --yes to run ${run.intent} without a question.`,
    );
  }
  return new CliError(
    EXIT.refused,
    'name_not_typed',
    'So much is deleted or overwritten that the intent’s name has to be given. Nothing was run.',
    `Add ${yes ? '' : '--yes '}--confirm ${run.intent} to run it without a question.`,
  );
}

async function askForYes(ctx: Context, run: Run, interrupted: AbortSignal): Promise<Answer> {
  const answer = await ask(ctx, run, 'Run it? [y/N] ', interrupted);
  if (answer.ended) return told(ctx, answer.ended);
  return isYes(answer.line) ? { yes: true, typed: null, atOnce: false } : cancelled(ctx, run, answer.line);
}

/** Asks until the name is right; an empty line cancels. */
async function askForName(ctx: Context, run: Run, interrupted: AbortSignal): Promise<Answer> {
  for (let question = `Type ${run.intent} to run it: `; ; ) {
    const answer = await ask(ctx, run, question, interrupted);
    if (answer.ended) return told(ctx, answer.ended);
    const typed = answer.line?.trim() ?? '';
    if (typed.toLowerCase() === run.intent.toLowerCase()) return { yes: true, typed, atOnce: false };
    if (typed === '') return cancelled(ctx, run, answer.line);
    question = `That is not ${run.intent}. Type ${run.intent}, or press Enter to cancel: `;
  }
}

function told(ctx: Context, ended: Run): Answer {
  ctx.out.lines(['', ...outcomeLines(ended, ctx.out.style)]);
  return { yes: false, exitCode: exitCodeOf(ended) };
}

async function cancelled(ctx: Context, run: Run, line: string | null): Promise<Answer> {
  await withdraw(ctx, run);
  ctx.out.lines([`${line === null ? '\n' : ''}Cancelled. Nothing was run.`]);
  return { yes: false, exitCode: EXIT.refused };
}

/** The typed answer, unless the preview ends first, because it expired. */
async function ask(
  ctx: Context,
  run: Run,
  question: string,
  interrupted: AbortSignal,
): Promise<{ line: string | null; ended: Run | null }> {
  const over = new AbortController();
  const found: { run: Run | null } = { run: null };
  const unsubscribe = ctx.app.pipeline.events.subscribe((event) => {
    if (event.type !== 'finished' || event.run.id !== run.id) return;
    found.run = event.run;
    over.abort();
  });
  try {
    ctx.out.raw(question);
    const line = await readLine(ctx.deps.stdin, AbortSignal.any([over.signal, interrupted]));
    return { line, ended: found.run };
  } finally {
    unsubscribe();
  }
}
