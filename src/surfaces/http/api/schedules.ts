import * as z from 'zod';
import { scheduleJson } from '../../../core/schedule/view.js';
import { ProblemError, problemOf } from '../problem.js';
import type { ApiDeps } from './deps.js';
import { json, type Operation, operation } from './operation.js';
import { answerRun, RUN_ANSWERS } from './run.js';
import { ReloadAnswer, RunNowBody, ScheduleView } from './schedule-schemas.js';

/** The schedules: what there is, reading them again, and running one now. */
export function schedulesOperations(deps: ApiDeps): readonly Operation[] {
  const { schedules } = deps;
  return [
    operation({
      id: 'schedules',
      method: 'GET',
      path: '/schedules',
      summary: 'The schedules with their next three times and how the last run went',
      endpoint: 'schedules',
      answers: {
        200: { description: 'By name, as `chatops schedules --json`.', schema: z.array(ScheduleView) },
      },
      handle: async ({ actor }) => json(200, (await schedules.list(actor)).map(scheduleJson)),
    }),
    operation({
      id: 'reloadSchedules',
      method: 'POST',
      path: '/schedules/reload',
      summary: 'Read the intents and the schedules file again',
      description:
        'What was removed begins no more runs. They are read again by themselves too, a moment after they change. A file that can’t be read keeps its last good version in force; `ok` is false then, and `problems` says why.',
      endpoint: 'schedules_reload',
      limited: true,
      answers: { 200: { description: 'What is there now, and what changed.', schema: ReloadAnswer } },
      handle: async ({ actor }) => {
        const { schedules: count, added, changed, removed, problems } = await schedules.reload(actor);
        return json(200, { ok: problems.length === 0, schedules: count, added, changed, removed, problems });
      },
    }),
    operation({
      id: 'runSchedule',
      method: 'POST',
      path: '/schedules/run_now',
      summary: 'Run what a schedule runs, now',
      description:
        'In the name of the key, which needs the right to run the intent; with the schedule’s parameters. Its times stay as they are. Answers as `/run` does.',
      endpoint: 'schedules_run_now',
      limited: true,
      body: RunNowBody,
      ...RUN_ANSWERS,
      handle: ({ body, ...call }) => {
        const found = schedules.runNow(call.actor, body.name);
        if (!found.ok) throw new ProblemError(problemOf(found.notice));
        const { dryRun, ...request } = found.request;
        const wish = {
          ...request,
          dryRun: dryRun || body.dry_run,
          attended: body.attended,
          rollbackOnFailure: true,
          ...(body.confirm === undefined ? {} : { confirm: body.confirm }),
        };
        return answerRun(deps, wish, call);
      },
    }),
  ];
}
