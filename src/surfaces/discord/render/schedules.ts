import { plain } from '../../../core/model/phrase.js';
import type { ActorRef } from '../../../core/model/request.js';
import type { ScheduleState } from '../../../core/ports/schedule-store.js';
import type { ComingTime, ScheduleView } from '../../../core/schedule/view.js';
import { holdingText, lastText, timingText } from '../../../core/schedule/wording.js';
import { type Message, type TextFile, withinLimits } from './fit.js';
import { scheduleButtons } from './schedule-buttons.js';
import { cleanLine, escapeText, inlineCode, markdown } from './text.js';
import { COLORS, time, who } from './words.js';

const FILE = 'schedules.txt';

/** `/schedules`: what runs by itself, when next and how it went last. */
export function scheduleList(views: readonly ScheduleView[], problems: number): Message {
  if (views.length === 0) {
    const blocks = [
      'There is no schedule that you may see. docs/schedules.md shows how to write one.',
      ...problemLines(problems),
    ];
    return withinLimits({ embeds: [{ color: COLORS.grey, blocks }] });
  }
  const [only] = views;
  if (only && views.length === 1 && problems === 0) return scheduleDetails(only);
  const list = {
    items: views.map((view) => `${viewLines(view).join('\n')}\n`),
    show: views.length,
    more: (hidden: number) => `and ${hidden} more in ${inlineCode(FILE)}`,
    file: () => scheduleFile(views),
  };
  return withinLimits({
    embeds: [
      {
        color: problems > 0 || views.some(({ intent }) => intent === null) ? COLORS.warn : COLORS.calm,
        blocks: [list, ...problemLines(problems), 'Pause, resume or run one: /schedules and its name.'],
      },
    ],
  });
}

/** One schedule, with its buttons. */
export function scheduleDetails(view: ScheduleView): Message {
  const { schedule, paused, missed, missedAt, skipped, intent } = view;
  const { catchUp, overlap, jitterSeconds } = schedule;
  const params = Object.entries(schedule.params).map(([name, value]) => `${name}=${String(value)}`);
  return withinLimits({
    embeds: [
      {
        color: intent === null ? COLORS.warn : COLORS.calm,
        blocks: [
          ...viewLines(view),
          ...(params.length === 0 ? [] : [`with ${inlineCode(params.join(' '))}`]),
          `catch_up ${catchUp} · overlap ${overlap}${jitterSeconds > 0 ? ` · up to ${jitterSeconds} s later` : ''}`,
          ...(missedAt === null
            ? []
            : [`Missed while the bot was down: ${missed}, last noticed ${time(missedAt, 'f')}.`]),
          ...(skipped === 0 ? [] : [`Left out because the run before had not ended: ${skipped}.`]),
        ],
      },
    ],
    buttons: scheduleButtons(schedule.name, { paused: paused !== null, runnable: intent !== null }),
  });
}

/** A schedule was paused. */
export function pausedMessage(name: string, by: ActorRef): Message {
  const blocks = [
    `⏸ **${escapeText(name, 100)} is paused** by ${who(by)}`,
    'Its runs don’t begin until somebody resumes it; one that is under way goes on.',
  ];
  return withinLimits({
    embeds: [{ color: COLORS.warn, blocks }],
    buttons: scheduleButtons(name, { paused: true, runnable: false }),
  });
}

/** A schedule was resumed. */
export function resumedMessage(
  name: string,
  by: ActorRef,
  before: NonNullable<ScheduleState['paused']>,
): Message {
  const blocks = [
    `▶ **${escapeText(name, 100)} runs again**, resumed by ${who(by)}`,
    `It was paused by ${who(before.by)} since ${time(before.at, 'f')}. What passed meanwhile is not made up for.`,
  ];
  return withinLimits({ embeds: [{ color: COLORS.good, blocks }] });
}

function viewLines(view: ScheduleView): string[] {
  const { schedule, next, last, paused, held, intent } = view;
  const what = `${escapeText(schedule.intent, 80)}${schedule.dryRun ? ' (dry run)' : ''}`;
  return [
    `**${escapeText(schedule.name, 100)}** · ${what} · ${inlineCode(timingText(schedule.timing), 80)}`,
    ...(intent === null ? ['⚠ There is no such intent, so it can’t run.'] : []),
    ...(schedule.enabled ? [] : ['Not enabled.']),
    ...(paused ? [`⏸ **Paused** by ${who(paused.by)} ${time(paused.at, 'R')}`] : []),
    ...(held ? [`⏸ ${view.waiting} waiting, ${markdown(holdingText(held))}`] : []),
    ...nextLines(next),
    `Last: ${last ? markdown(lastText(last)) : 'never'}`,
  ];
}

/** The first one in full; the others are close enough to be read in its light. */
function nextLines(next: readonly ComingTime[]): string[] {
  return next.map(({ at, held }, index) => {
    const remark = held ? `, ${markdown(holdingText(held))}` : '';
    return `${index === 0 ? 'Next:' : 'then'} ${time(at, 'F')} (${time(at, 'R')})${remark}`;
  });
}

function problemLines(problems: number): string[] {
  if (problems === 0) return [];
  const count = problems === 1 ? 'a problem' : `${problems} problems`;
  return [`⚠ The schedules file has ${count}: ${inlineCode('chatops validate')} says which.`];
}

function scheduleFile(views: readonly ScheduleView[]): TextFile {
  const lines = views.map(({ schedule, next, last, paused }) =>
    [
      cleanLine(schedule.name),
      cleanLine(schedule.intent),
      cleanLine(timingText(schedule.timing)),
      paused ? 'paused' : (next[0]?.at ?? ''),
      last ? cleanLine(plain(lastText(last))) : 'never',
    ].join('\t'),
  );
  return { name: FILE, text: `${lines.join('\n')}\n`, keep: 'start' };
}
