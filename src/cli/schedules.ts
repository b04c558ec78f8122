import { plain } from '../core/model/phrase.js';
import { type ScheduleView, scheduleJson } from '../core/schedule/view.js';
import { holdingText, lastText, timingText } from '../core/schedule/wording.js';
import type { Context } from './context.js';
import { EXIT, refusal } from './errors.js';
import { runCommand } from './run.js';
import { clean, localTime, type Style, sentence } from './text.js';

/** `chatops schedules`: what runs by itself, when next, and how it went last. */
export async function schedulesCommand({ app, deps, out }: Context): Promise<number> {
  const views = await app.scheduleDesk.list(deps.operator);
  if (out.json) out.result(views.map(scheduleJson));
  else if (views.length === 0) {
    out.lines(['There are no schedules yet. docs/schedules.md shows how to write one.']);
  } else {
    out.lines(views.flatMap((view, index) => [...(index === 0 ? [] : ['']), ...viewLines(view, out.style)]));
  }
  const count = app.scheduleDesk.problems().length;
  if (count > 0) {
    out.aside(
      `The schedules file has ${count === 1 ? 'a problem' : `${count} problems`}. chatops validate says which.`,
    );
  }
  return EXIT.done;
}

function viewLines(view: ScheduleView, style: Style): string[] {
  const { schedule, next, last, paused, held, missed, missedAt } = view;
  const what = `${clean(schedule.intent)}${schedule.dryRun ? ', dry run' : ''}, ${clean(timingText(schedule.timing))}`;
  return [
    `${style.bold(clean(schedule.name))}: ${what}`,
    ...(view.intent === null ? ['  ⚠ There is no such intent.'] : []),
    ...(schedule.enabled ? [] : ['  Not enabled.']),
    ...(paused ? [`  ⏸ Paused by ${clean(paused.by.name)}, ${localTime(paused.at)}`] : []),
    ...(held ? [`  ⏸ ${sentence(holdingText(held), style)}`] : []),
    ...next.map(({ at, held: later }, index) => {
      const remark = later ? `, ${plain(holdingText(later))}` : '';
      return `  ${index === 0 ? 'Next' : '    '}  ${localTime(at)}${clean(remark)}`;
    }),
    `  Last  ${last ? sentence(lastText(last), style) : 'never'}`,
    ...(missedAt === null ? [] : [`  Missed ${missed}, last noticed ${localTime(missedAt)}`]),
  ];
}

/** `chatops schedules pause <name>`: its runs don’t begin until somebody resumes it. */
export async function pauseCommand({ app, deps, out }: Context, name: string): Promise<number> {
  const answer = await app.scheduleDesk.pause(deps.operator, 'cli', name);
  if (!answer.ok) throw refusal(answer.notice);
  if (out.json) out.result({ name, paused: answer.paused });
  out.lines([`⏸ ${out.style.bold(clean(name))} is paused. A run that is under way goes on.`]);
  return EXIT.done;
}

/** `chatops schedules resume <name>`: its runs begin again from the next time on. */
export async function resumeCommand({ app, deps, out }: Context, name: string): Promise<number> {
  const answer = await app.scheduleDesk.resume(deps.operator, 'cli', name);
  if (!answer.ok) throw refusal(answer.notice);
  if (out.json) out.result({ name, paused: null });
  const by = clean(answer.paused.by.name);
  out.lines([`▶ ${out.style.bold(clean(name))} runs again. It was paused by ${by}.`]);
  return EXIT.done;
}

/** `chatops schedules run <name>`: what it runs, now, as `chatops run` does it. */
export async function runScheduleCommand(
  ctx: Context,
  name: string,
  flags: { readonly yes: boolean; readonly confirm: string | null; readonly dryRun: boolean },
): Promise<number> {
  const found = ctx.app.scheduleDesk.runNow(ctx.deps.operator, name);
  if (!found.ok) throw refusal(found.notice);
  const { intent, params, dryRun, schedule } = found.request;
  const tie = schedule === undefined ? {} : { schedule };
  const options = { ...flags, params, dryRun: dryRun || flags.dryRun, resume: null, ...tie };
  return runCommand(ctx, intent, options);
}
