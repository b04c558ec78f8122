import { canResume } from '../core/admission/resume.js';
import type { Run, RunSummary } from '../core/model/run.js';
import { durationText, headline } from '../core/model/wording.js';
import { warningLine } from './preview.js';
import { clean, type Style, sentence } from './text.js';

/** `✅ Backup succeeded · plex-database  r-7k2m · in 52 s`, in the state's colour. */
export function headlineText(run: RunSummary, style: Style): string {
  const { symbol, title } = headline(run);
  const took = durationText(run);
  const name = `${clean(run.intent)}  ${style.cyan(run.id)}`;
  return `${symbol} ${coloured(run, style)(style.bold(title))} · ${name}${took ? ` · ${took}` : ''}`;
}

function coloured(run: RunSummary, style: Style): (text: string) => string {
  if (run.state === 'succeeded') return style.green;
  if (run.state === 'failed' || run.state === 'refused') return style.red;
  return run.finishedAt === null ? (text) => text : style.yellow;
}

/** How a run ended: what happened, what is so now, what to do next, and the last lines of the tools. */
export function outcomeLines(run: Run, style: Style): string[] {
  const { outcome } = run;
  if (run.state === 'plan_changed' && run.startedAt === null) {
    const why = (outcome?.summary ?? []).map((line) => sentence(line, style)).join(' ');
    return [`🔁 ${style.bold('Not run:')} ${why}`];
  }
  return [
    headlineText(run, style),
    ...(outcome?.summary ?? []).map((line) => sentence(line, style)),
    ...(outcome?.warnings ?? []).map((notice) => warningLine(notice, style)),
    ...(outcome?.next ? [`${style.bold('Next:')} ${sentence(outcome.next, style)}`] : []),
    ...(canResume(run) ? [`  ${style.cyan(`chatops run ${clean(run.intent)} --resume ${run.id}`)}`] : []),
    ...(outcome?.tail ?? []).map((line) => style.dim(`  │ ${clean(line)}`)),
  ];
}
