import { consentLines } from '../core/approval/consent-wording.js';
import { code, phrase, plain } from '../core/model/phrase.js';
import { notice } from '../core/model/reasons.js';
import { isFinal, type Run } from '../core/model/run.js';
import {
  amountText,
  durationMs,
  numberedSteps,
  percentDone,
  planRemoved,
  stepText,
} from '../core/model/wording.js';
import { formatDuration } from '../core/text/format.js';
import { restoreLineOf } from '../core/views/restore-line.js';
import { standings } from '../core/views/step-states.js';
import { stepSymbol, stepWord } from '../core/views/step-wording.js';
import { runJson } from '../core/views/views.js';
import type { Context } from './context.js';
import { EXIT, refusal } from './errors.js';
import { graphLines } from './graph-preview.js';
import { headlineText, outcomeLines } from './outcome.js';
import { clean, localTime, type Style, sentence, table } from './text.js';

/** `chatops show <run>`: one run with its steps, its outcome and, when asked for, its log. */
export async function showCommand(ctx: Context, id: string, options: { log: boolean }): Promise<number> {
  const { app, deps, out } = ctx;
  const found = await app.runs.get(id);
  const [run] = found ? await app.pipeline.seen([found]) : [];
  if (!run) {
    throw refusal(
      notice(
        'run_unknown',
        phrase`There is no run ${code(id)}.`,
        phrase`${code('chatops runs')} lists the last ones.`,
      ),
    );
  }
  const denied = app.pipeline.check(deps.operator, 'view', run);
  if (denied) throw refusal(denied);
  const made = (await app.artifacts.list(null)).filter(({ runId }) => runId === id);
  const log = options.log ? await app.runs.readLog(id) : null;
  if (out.json) out.result({ ...runJson(run), ...(log === null ? {} : { log }) });
  out.lines(runLines(run, out.style));
  for (const line of made.flatMap((one) => restoreLineOf(one) ?? []))
    out.lines(['', 'Restore, as root:', `  ${clean(line)}`]);
  if (log !== null) out.lines(['', ...logLines(log)]);
  return EXIT.done;
}

function runLines(run: Run, style: Style): string[] {
  const ended = run.outcome ? outcomeLines(run, style) : [headlineText(run, style), ...progressLine(run)];
  return [
    ...ended,
    '',
    ...fact('stack', run.stack, style),
    ...fact('asked by', `${run.actor.name} (${run.source}), ${localTime(run.createdAt)}`, style),
    ...fact('answered by', run.decidedBy?.name, style),
    ...fact('started', run.startedAt && localTime(run.startedAt), style),
    ...fact('ended', run.finishedAt && localTime(run.finishedAt), style),
    ...fact('took', tookText(run), style),
    ...fact('resumes', run.plan.resumes, style),
    ...fact('repeats', run.plan.resumes === undefined ? run.previous : null, style),
    ...fact('replaced by', run.outcome?.successor, style),
    ...consentLines(run).map((line) => sentence(line, style)),
    ...(run.plan.isRemoved ? [plain(planRemoved())] : []),
    '',
    ...stepLines(run, style),
  ];
}

function stepLines(run: Run, style: Style): string[] {
  if (run.plan.graph === undefined) {
    return numberedSteps(run.plan).map(({ number, title }) => `  ${number}. ${sentence(title, style)}`);
  }
  const states = standings(run).map(({ node, state }) => [
    `  ${stepSymbol(state)} ${clean(node.name)}`,
    node.doneIn === undefined ? stepWord(state, isFinal(run.state)) : `done in ${node.doneIn}`,
  ]);
  return [...table(states), '', ...graphLines(run.plan, run.plan.graph, style)];
}

function fact(name: string, value: string | null | undefined, style: Style): string[] {
  return value ? [`${style.dim(name.padEnd(12))}  ${clean(value)}`] : [];
}

function tookText(run: Run): string | null {
  const ms = durationMs(run);
  return ms === null ? null : formatDuration(ms);
}

function progressLine(run: Run): string[] {
  if (run.state !== 'running' || !run.progress) return [];
  const percent = percentDone(run.progress);
  const figures = [
    stepText(run.plan, run.progress),
    percent === null ? null : `${percent} %`,
    amountText(run.progress),
  ];
  return [figures.filter((text) => text !== null).join(' · ')];
}

function logLines(log: string): string[] {
  return log === '' ? ['No log was kept.'] : log.replace(/\n$/, '').split('\n').map(clean);
}
