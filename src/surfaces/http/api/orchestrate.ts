import { code, phrase } from '../../../core/model/phrase.js';
import { notice } from '../../../core/model/reasons.js';
import { problemDocument, problemOf } from '../problem.js';
import { type CallRuns, callRuns } from './call-runs.js';
import type { ApiDeps } from './deps.js';
import { json, type Operation, operation } from './operation.js';
import { OrchestrateBody } from './request-schemas.js';
import { neverBegan } from './run.js';
import { runAnswer } from './run-view.js';
import { OrchestrateAnswer } from './schemas.js';
import { type Asked, startRun, succeeded, type Wish, withdrawSuccessor } from './start-run.js';

interface Result {
  readonly intent: string;
  readonly ok: boolean;
  /** A person has to confirm it. */
  readonly waits: boolean;
  readonly run: Awaited<ReturnType<typeof runAnswer>> | null;
  readonly problem: ReturnType<typeof problemDocument> | null;
  /** What else is to be said, such as `already ran as r-7k2m`. */
  readonly note?: string;
}

/** `POST /orchestrate`: several intents, one after the other. */
export function orchestrateOperation(deps: ApiDeps): Operation {
  return operation({
    id: 'orchestrate',
    method: 'POST',
    path: '/orchestrate',
    summary: 'Run several intents in order',
    description:
      'Each intent is a run of its own; what ran already in this call is not run again. Waits for the end of all; a client that hangs up does not stop them.',
    endpoint: 'orchestrate',
    limited: true,
    body: OrchestrateBody,
    answers: {
      200: { description: 'What became of each intent that was begun.', schema: OrchestrateAnswer },
    },
    handle: async ({ body, actor, from }) => {
      const { intents, stop_on_failure: stopOnFailure, dry_run: dryRun, attended } = body;
      const results: Result[] = [];
      const call = callRuns(deps.catalogue);
      for (const intent of intents) {
        const wish = { intent, params: {}, dryRun, attended, rollbackOnFailure: true };
        const result =
          (await earlier(deps, call, intent)) ?? (await resultOf(deps, wish, { actor, from }, call));
        results.push(result);
        if (stopOnFailure && !result.ok) break;
      }
      const success = results.filter(({ ok }) => ok).length;
      const waiting = results.filter(({ waits }) => waits).length;
      return json(200, {
        ok: success === intents.length,
        dry_run: dryRun,
        results: results.map(({ waits: _, ...result }) => result),
        summary: {
          total: intents.length,
          success,
          failed: results.length - success - waiting,
          waiting,
          skipped: intents.length - results.length,
        },
      });
    },
  });
}

/** What became of an intent that ran already in this call, or that needs one which failed in it; null: it is to run. */
async function earlier(deps: ApiDeps, call: CallRuns, intent: string): Promise<Result | null> {
  const found = call.find(intent);
  if (found) {
    const run = await runAnswer(deps, found.run);
    const note = `already ran as ${found.run.id}`;
    return { intent, ok: found.ok, waits: false, run, problem: null, note };
  }
  const failed = call.failedFor(intent);
  if (failed === null) return null;
  const needed = notice(
    'blocked',
    phrase`${code(intent)} needs ${code(failed.intent)}, which ran already as ${code(failed.run.id)} and did not succeed. Nothing was run.`,
    phrase`Look at ${code(failed.run.id)}, then ask again.`,
  );
  return { intent, ok: false, waits: false, run: null, problem: problemDocument(problemOf(needed)) };
}

async function resultOf(deps: ApiDeps, wish: Wish, asked: Asked, call: CallRuns): Promise<Result> {
  const { intent } = wish;
  const started = await startRun(deps, { ...wish, alreadyRan: call.ran }, asked);
  if (started.kind === 'refused') {
    return {
      intent,
      ok: false,
      waits: false,
      run: null,
      problem: problemDocument(problemOf(started.notice)),
    };
  }
  if (started.kind === 'waits') {
    const problem = problemDocument(problemOf(started.notice));
    return { intent, ok: false, waits: true, run: await runAnswer(deps, started.run), problem };
  }
  const run = started.kind === 'runs' ? await started.done : started.run;
  await withdrawSuccessor(deps, run, asked.actor);
  call.note(run);
  const problem = neverBegan(run);
  return {
    intent,
    ok: succeeded(run),
    waits: false,
    run: await runAnswer(deps, run),
    // The run stands beside it already.
    problem: problem && problemDocument({ ...problem, more: {} }),
  };
}
