import { isFinal, type Run } from '../core/run.js';
import { runJson } from '../core/views.js';
import { requestPlan } from './admit.js';
import type { Context } from './context.js';
import { CliError, EXIT, refusal } from './errors.js';
import { exitCodeOf } from './exit-code.js';
import { confirmAndFollow } from './follow.js';
import { type Interrupts, watchInterrupts } from './interrupts.js';
import { outcomeLines } from './outcome.js';
import { previewLines } from './preview.js';
import { isYes, readLine } from './question.js';

export interface RunOptions {
  readonly params: Readonly<Record<string, string>>;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

/** `chatops run <intent>`: preview, question, run, outcome. */
export async function runCommand(ctx: Context, intent: string, options: RunOptions): Promise<number> {
  const interrupts = watchInterrupts(ctx.deps);
  try {
    const { params, dryRun } = options;
    const run = await requestPlan(ctx, { intent, params, dryRun }, interrupts.stop);
    return await previewAndRun(ctx, run, options.yes, interrupts);
  } finally {
    interrupts.end();
  }
}

async function previewAndRun(
  ctx: Context,
  run: Run,
  confirmed: boolean,
  interrupts: Interrupts,
): Promise<number> {
  const { out, deps } = ctx;
  out.lines(previewLines(run, out.style, deps.now()));
  if (run.state !== 'awaiting') return ended(ctx, run);

  if (!confirmed) {
    const notConfirmed = await ask(ctx, run, interrupts);
    if (notConfirmed) return notConfirmed.exitCode;
  }
  const final = await confirmAndFollow(ctx, run, interrupts);
  out.lines(outcomeLines(final, out.style, deps.now()));
  const successor = final.outcome?.successor;
  if (final.state !== 'plan_changed' || successor === undefined) return ended(ctx, final);
  return afterChange(ctx, final, successor, confirmed, interrupts);
}

/** The plan changed: the new preview is shown, and asked about where somebody can answer. */
async function afterChange(
  ctx: Context,
  changed: Run,
  successor: string,
  confirmed: boolean,
  interrupts: Interrupts,
): Promise<number> {
  const { app, deps, out } = ctx;
  const next = await app.runs.get(successor);
  if (!next) return ended(ctx, changed);
  out.lines(['Here is what would happen now.', '']);
  if (!confirmed) return previewAndRun(ctx, next, false, interrupts);
  out.lines(previewLines(next, out.style, deps.now()));
  await withdraw(ctx, next);
  out.lines(['Nothing was run: --yes answers the first preview only. Run the command again.']);
  return ended(ctx, changed);
}

/** Null for a yes; else how the run ended instead. */
async function ask(ctx: Context, run: Run, interrupts: Interrupts): Promise<{ exitCode: number } | null> {
  const { out } = ctx;
  if (!out.interactive) {
    await withdraw(ctx, run);
    throw new CliError(
      EXIT.refused,
      'confirmation_needed',
      'Nobody can answer here, so nothing was run.',
      `Add --yes to run ${run.intent} without a question.`,
    );
  }
  const answer = await answerOrEnd(ctx, run, interrupts.stop);
  if (answer.ended) {
    out.lines(['', ...outcomeLines(answer.ended, out.style, ctx.deps.now())]);
    return { exitCode: exitCodeOf(answer.ended) };
  }
  if (isYes(answer.line)) return null;
  await withdraw(ctx, run);
  out.lines([answer.line === null ? '\nCancelled. Nothing was run.' : 'Cancelled. Nothing was run.']);
  return { exitCode: EXIT.refused };
}

/** The typed answer, unless the preview ends first, because it expired. */
async function answerOrEnd(
  ctx: Context,
  run: Run,
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
    ctx.out.raw('Run it? [y/N] ');
    const line = await readLine(ctx.deps.stdin, AbortSignal.any([over.signal, interrupted]));
    return { line, ended: found.run };
  } finally {
    unsubscribe();
  }
}

/** Cancels a preview that nobody will answer. One that has ended by itself needs no cancelling. */
async function withdraw(ctx: Context, run: Run): Promise<void> {
  if (isFinal(run.state)) return;
  const decision = await ctx.app.pipeline.decide(run.id, ctx.deps.operator, 'cancel');
  if (!decision.ok && decision.notice.code !== 'already_decided') throw refusal(decision.notice);
}

function ended(ctx: Context, run: Run): number {
  if (ctx.out.json) ctx.out.result(runJson(run));
  return exitCodeOf(run);
}
