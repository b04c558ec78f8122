import { type Phrase, phrase } from '../../../core/model/phrase.js';
import { notice } from '../../../core/model/reasons.js';
import type { Run } from '../../../core/model/run.js';
import { runJson } from '../../../core/views/views.js';
import { type Problem, ProblemError, problemOf } from '../problem.js';
import type { ApiDeps } from './deps.js';
import { type Call, json, type Operation, operation, type Reply } from './operation.js';
import { patience, within } from './prefer.js';
import { RunRequestBody } from './request-schemas.js';
import { runAnswer, runUrl } from './run-view.js';
import { RunAnswer } from './schemas.js';
import { type Started, startRun, type Wish, withdrawSuccessor } from './start-run.js';

/** `POST /run`: one intent, from its name to its outcome. */
export function runOperation(deps: ApiDeps): Operation {
  return operation({
    id: 'run',
    method: 'POST',
    path: '/run',
    summary: 'Run an intent, or preview it',
    description:
      'Waits for the end unless the client prefers otherwise. A run that ended without success is answered with 200 and `ok: false`; a client that hangs up does not stop it. A run that could not begin is a problem document.',
    endpoint: 'run',
    limited: true,
    body: RunRequestBody,
    ...RUN_ANSWERS,
    handle: ({ body, ...call }) => {
      const wish = {
        intent: body.name,
        params: body.params,
        dryRun: body.dry_run,
        attended: body.attended,
        rollbackOnFailure: body.rollback_on_failure,
        ...(body.confirm === undefined ? {} : { confirm: body.confirm }),
        ...(body.resumes === undefined ? {} : { resumes: body.resumes }),
      };
      return answerRun(deps, wish, call);
    },
  });
}

/** What every operation says of itself that runs one intent. */
export const RUN_ANSWERS = {
  requestHeaders: {
    Prefer: '`respond-async`: answer 202 at once; with `wait=<seconds>`: after that time at the latest.',
  },
  answers: {
    200: { description: 'The run ended, or the dry run’s plan.', schema: RunAnswer },
    202: {
      description: 'It goes on, or a person has to confirm it (`state` is `awaiting`).',
      schema: RunAnswer,
      headers: { Location: 'Where to follow the run.' },
    },
  },
  problems: [403, 404, 409, 422, 503],
} as const;

type Caller = Pick<Call<unknown, unknown, unknown>, 'actor' | 'from' | 'headers'>;

/** Runs what a call wants and answers it; throws the problem of a run that could not begin. */
export async function answerRun(deps: ApiDeps, wish: Wish, { actor, from, headers }: Caller): Promise<Reply> {
  const started = await startRun(deps, wish, { actor, from });
  const ended = await endOf(started, patience(headers.prefer));
  if (ended === null) return goesOn(deps, started);
  await withdrawSuccessor(deps, ended, actor);
  const problem = neverBegan(ended);
  if (problem) throw new ProblemError(problem);
  return json(200, await runAnswer(deps, ended));
}

/** The run when it has ended; null when it goes on. Throws the problem of one that was refused. */
async function endOf(started: Started, ms: number): Promise<Run | null> {
  switch (started.kind) {
    case 'refused':
      throw new ProblemError(problemOf(started.notice));
    case 'waits':
      return null;
    case 'planned':
      return started.run;
    case 'runs':
      return within(started.done, ms);
  }
}

async function goesOn(deps: ApiDeps, started: Started) {
  if (started.kind === 'refused') throw new ProblemError(problemOf(started.notice));
  // What it is by now, not what it was when it was confirmed.
  const run = (await deps.runs.get(started.run.id)) ?? started.run;
  return json(202, await runAnswer(deps, run), {
    location: runUrl(run.id),
    'preference-applied': 'respond-async',
  });
}

/** A run that was to happen and never began: blocked, changed, or a right lost while it waited. */
export function neverBegan(run: Run): Problem | null {
  const { outcome } = run;
  if (run.dryRun || outcome === null || run.startedAt !== null) return null;
  if (run.state !== 'refused' && run.state !== 'plan_changed') return null;
  const { reason: code, summary, next } = outcome;
  const remedy =
    next ?? (run.state === 'plan_changed' ? phrase`Call again: the new plan is made then.` : undefined);
  return problemOf(notice(code, joined(summary), remedy), { run: runJson(run) });
}

function joined(sentences: readonly Phrase[]): Phrase {
  return sentences.flatMap((sentence, index) => (index === 0 ? sentence : [' ', ...sentence]));
}
