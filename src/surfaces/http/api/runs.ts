import * as z from 'zod';
import { code, phrase } from '../../../core/model/phrase.js';
import { notice } from '../../../core/model/reasons.js';
import type { Actor } from '../../../core/model/request.js';
import type { Run } from '../../../core/model/run.js';
import { runJson, summaryJson } from '../../../core/views/views.js';
import { ProblemError, problemOf } from '../problem.js';
import type { ApiDeps } from './deps.js';
import { json, type Operation, operation } from './operation.js';
import { RunPath, RunsQuery } from './request-schemas.js';
import { runUrl } from './run-view.js';
import { RunSummaryView, RunView } from './schemas.js';
import { reportDenied } from './start-run.js';

/** The history, single runs with their logs, and Stop. */
export function runsOperations(deps: ApiDeps): readonly Operation[] {
  const { pipeline, runs } = deps;
  return [
    operation({
      id: 'runs',
      method: 'GET',
      path: '/runs',
      summary: 'The history, newest first',
      endpoint: 'runs',
      query: RunsQuery,
      answers: { 200: { description: 'As `chatops runs --json`.', schema: z.array(RunSummaryView) } },
      handle: async ({ query: { limit, intent, state }, actor }) => {
        const filter = { limit, ...(intent ? { intent } : {}), ...(state ? { states: [state] } : {}) };
        const found = await pipeline.seen(await runs.list(filter));
        const wanted = found.filter((run) => state === undefined || run.state === state);
        return json(
          200,
          wanted.filter((run) => pipeline.check(actor, 'view', run) === null).map(summaryJson),
        );
      },
    }),
    operation({
      id: 'getRun',
      method: 'GET',
      path: '/runs/{id}',
      summary: 'One run with its plan, progress and outcome',
      endpoint: 'runs',
      params: RunPath,
      answers: { 200: { description: 'As `chatops show --json`.', schema: RunView } },
      problems: [403, 404],
      handle: async ({ params, actor, from }) =>
        json(200, runJson(await seenRun(deps, await visibleRun(deps, params.id, actor, from)))),
    }),
    operation({
      id: 'getRunLog',
      method: 'GET',
      path: '/runs/{id}/log',
      summary: 'What a run’s commands said',
      endpoint: 'runs',
      params: RunPath,
      answers: {
        200: { description: 'The log; of a very long one its beginning and its end.', type: 'text/plain' },
      },
      problems: [403, 404],
      handle: async ({ params, actor, from }) => {
        const { id } = await visibleRun(deps, params.id, actor, from);
        return { status: 200, type: 'text/plain; charset=utf-8', body: await runs.readLog(id) };
      },
    }),
    operation({
      id: 'stopRun',
      method: 'DELETE',
      path: '/runs/{id}',
      summary: 'Stop a run',
      description:
        'A run that is queued or running is stopped and tidies up; one that waits for its confirmation is cancelled.',
      endpoint: 'runs',
      params: RunPath,
      answers: {
        202: {
          description: 'It is being stopped, or has been cancelled.',
          schema: RunView,
          headers: { Location: 'Where to see when it has ended.' },
        },
      },
      problems: [403, 404, 409],
      handle: async ({ params, actor, from }) => {
        const run = await visibleRun(deps, params.id, actor, from);
        const answer =
          run.state === 'awaiting'
            ? await pipeline.decide(run.id, actor, 'cancel')
            : await pipeline.stop(run.id, actor);
        if (!answer.ok) {
          reportDenied(deps, answer.notice, actor, from);
          throw new ProblemError(problemOf(answer.notice));
        }
        const now = (await runs.get(run.id)) ?? answer.run;
        return json(202, runJson(now), { location: runUrl(run.id) });
      },
    }),
  ];
}

/** The run, if there is one and this actor may see it; else the problem is thrown. */
export async function visibleRun(deps: ApiDeps, id: string, actor: Actor, from: string): Promise<Run> {
  const run = await deps.runs.get(id);
  if (!run)
    throw new ProblemError(problemOf(notice('run_unknown', phrase`There is no run ${code(cut(id))}.`)));
  const denied = deps.pipeline.check(actor, 'view', run);
  if (!denied) return run;
  reportDenied(deps, denied, actor, from);
  throw new ProblemError(problemOf(denied));
}

async function seenRun({ pipeline }: ApiDeps, run: Run): Promise<Run> {
  const [seen = run] = await pipeline.seen([run]);
  return seen;
}

function cut(id: string): string {
  return id.length > 40 ? `${id.slice(0, 40)}…` : id;
}
