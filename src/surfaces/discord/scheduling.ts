import { phrase } from '../../core/model/phrase.js';
import { notice } from '../../core/model/reasons.js';
import type { ScheduleDesk } from '../../core/schedule/desk.js';
import type { Conversation } from './conversation.js';
import { type OpenDeps, openRun } from './open-run.js';
import { refusal } from './render/notices.js';
import { type ScheduleVerb, scheduleKey } from './render/schedule-buttons.js';
import { pausedMessage, resumedMessage, scheduleDetails, scheduleList } from './render/schedules.js';

type SchedulingDeps = OpenDeps & { readonly schedules: ScheduleDesk };

/** `/schedules [name:]`: for the one who asks. */
export async function showSchedules(talk: Conversation, deps: SchedulingDeps, name?: string): Promise<void> {
  const { schedules, pipeline, redact } = deps;
  await talk.thinkPrivately();
  const barred = pipeline.barred(talk.actor);
  if (barred) return talk.answer(refusal(redact(barred)));
  if (name !== undefined) {
    const found = await schedules.show(talk.actor, name);
    return talk.answer(found.ok ? scheduleDetails(redact(found.view)) : refusal(redact(found.notice)));
  }
  const seesAll = pipeline.check(talk.actor, 'view', { intent: null, action: null, stack: null }) === null;
  const problems = seesAll ? schedules.problems().length : 0;
  await talk.answer(scheduleList(redact(await schedules.list(talk.actor)), problems));
}

/** A button below a schedule. Everybody sees what changes, only the one who pressed sees a refusal. */
export async function pressSchedule(
  talk: Conversation,
  deps: SchedulingDeps,
  { key, verb }: { readonly key: string; readonly verb: ScheduleVerb },
): Promise<void> {
  const name = deps.schedules.names(talk.actor).find((one) => scheduleKey(one) === key);
  if (name === undefined) {
    return talk.tell(refusal(notice('schedule_unknown', phrase`This schedule is gone.`)));
  }
  if (verb !== 'now') return switchSchedule(talk, deps, verb, name);
  const found = deps.schedules.runNow(talk.actor, name);
  if (!found.ok) return talk.tell(refusal(deps.redact(found.notice)));
  await openRun(talk, deps, found.request);
}

async function switchSchedule(
  talk: Conversation,
  { schedules, redact }: SchedulingDeps,
  verb: 'pause' | 'resume',
  name: string,
): Promise<void> {
  const denied = await schedules.whyNot(talk.actor, verb, name);
  await (denied ? talk.thinkPrivately() : talk.think());
  const answer = await schedules[verb](talk.actor, 'discord', name);
  if (!answer.ok) return talk.answer(refusal(redact(answer.notice)));
  const message =
    verb === 'pause'
      ? pausedMessage(name, talk.actor)
      : resumedMessage(name, talk.actor, redact(answer.paused));
  await talk.answer(message);
}
