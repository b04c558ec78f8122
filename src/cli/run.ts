import { beginsAtOnce, nextYes } from '../core/model/consent.js';
import type { Params } from '../core/model/request.js';
import type { Run } from '../core/model/run.js';
import type { ScheduleTie } from '../core/model/schedule-tie.js';
import { runJson } from '../core/views/views.js';
import { requestPlan } from './admit.js';
import { answerOf, withdraw, YES } from './answer.js';
import type { Context } from './context.js';
import { CliError, EXIT } from './errors.js';
import { exitCodeOf } from './exit-code.js';
import { confirmAndFollow } from './follow.js';
import { type Interrupts, watchInterrupts } from './interrupts.js';
import { outcomeLines } from './outcome.js';
import { previewLines } from './preview.js';

export interface RunOptions {
  readonly params: Params;
  readonly yes: boolean;
  /** The intent's name, for a run that asks for it; with `yes` only. */
  readonly confirm: string | null;
  readonly dryRun: boolean;
  /** The run whose finished steps are not repeated; null: all of it is run. */
  readonly resume: string | null;
  /** It is asked for in place of this schedule. */
  readonly schedule?: ScheduleTie;
}

/** `chatops run <intent>`: preview, question, run, outcome. */
export async function runCommand(ctx: Context, intent: string, options: RunOptions): Promise<number> {
  const interrupts = watchInterrupts(ctx.deps);
  try {
    const { params, dryRun, resume, schedule } = options;
    if (resume !== null && Object.keys(params).length > 0) throw keepsParams(resume);
    const goesOn = resume === null ? {} : { resumes: resume };
    const tie = schedule === undefined ? {} : { schedule };
    const run = await requestPlan(ctx, { intent, params, dryRun, ...goesOn, ...tie }, interrupts.stop);
    return await previewAndRun(ctx, run, { ...options, changed: false }, interrupts);
  } finally {
    interrupts.end();
  }
}

function keepsParams(runId: string): CliError {
  return new CliError(
    EXIT.usage,
    'usage',
    `A resumed run keeps the parameters of ${runId}.`,
    'Leave --param out, or run the intent anew without --resume.',
  );
}

type Consenting = Pick<RunOptions, 'yes' | 'confirm'> & {
  /** The run took the place of one whose plan changed. */
  readonly changed: boolean;
};

async function previewAndRun(
  ctx: Context,
  run: Run,
  options: Consenting,
  interrupts: Interrupts,
): Promise<number> {
  const { out, deps } = ctx;
  out.lines(previewLines(run, out.style, deps.now()));
  if (run.state !== 'awaiting') return ended(ctx, run);
  if (nextYes(run) === 'approve') return waits(ctx, run);

  const answer =
    beginsAtOnce(run) && !options.changed ? YES : await answerOf(ctx, run, options, interrupts.stop);
  if (!answer.yes) return answer.exitCode;
  const final = await confirmAndFollow(ctx, run, answer, interrupts);
  out.lines(outcomeLines(final, out.style));
  const successor = final.outcome?.successor;
  if (final.state !== 'plan_changed' || successor === undefined) return ended(ctx, final);
  return afterChange(ctx, final, successor, options, interrupts);
}

/** Somebody else has to approve it: it waits in the store, and the bot runs it. */
function waits(ctx: Context, run: Run): number {
  ctx.out.lines([
    'Waits for a second person in Discord. Nothing runs before they approve it.',
    `chatops show ${run.id} tells how it stands; chatops cancel ${run.id} takes it back.`,
  ]);
  if (ctx.out.json) ctx.out.result(runJson(run));
  return EXIT.refused;
}

/** The plan changed: the new preview is shown, and asked about where somebody can answer. */
async function afterChange(
  ctx: Context,
  changed: Run,
  successor: string,
  options: Consenting,
  interrupts: Interrupts,
): Promise<number> {
  const { app, deps, out } = ctx;
  const next = await app.runs.get(successor);
  if (!next) return ended(ctx, changed);
  out.lines([changed.startedAt === null ? 'Here is what would happen now.' : 'Here is what is left.', '']);
  if (!options.yes) return previewAndRun(ctx, next, { ...options, changed: true }, interrupts);
  out.lines(previewLines(next, out.style, deps.now()));
  await withdraw(ctx, next);
  out.lines([unanswered(changed)]);
  return ended(ctx, changed);
}

function ended(ctx: Context, run: Run): number {
  if (ctx.out.json) ctx.out.result(runJson(run));
  return exitCodeOf(run);
}

function unanswered({ id, intent, startedAt }: Run): string {
  return startedAt === null
    ? 'Nothing was run: --yes answers the first preview only. Run the command again.'
    : `Nothing more was run: --yes answers the first preview only. Go on with: chatops run ${intent} --resume ${id}`;
}
