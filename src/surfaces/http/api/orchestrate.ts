import { problemDocument, problemOf } from '../problem.js';
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
}

/** `POST /orchestrate`: several intents, one after the other. */
export function orchestrateOperation(deps: ApiDeps): Operation {
  return operation({
    id: 'orchestrate',
    method: 'POST',
    path: '/orchestrate',
    summary: 'Run several intents in order',
    description:
      'Each intent is a run of its own. Waits for the end of all; a client that hangs up does not stop them.',
    endpoint: 'orchestrate',
    limited: true,
    body: OrchestrateBody,
    answers: {
      200: { description: 'What became of each intent that was begun.', schema: OrchestrateAnswer },
    },
    handle: async ({ body, actor, from }) => {
      const { intents, stop_on_failure: stopOnFailure, dry_run: dryRun, attended } = body;
      const results: Result[] = [];
      for (const intent of intents) {
        const wish = { intent, params: {}, dryRun, attended, rollbackOnFailure: true };
        const result = await resultOf(deps, wish, { actor, from });
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

async function resultOf(deps: ApiDeps, wish: Wish, asked: Asked): Promise<Result> {
  const { intent } = wish;
  const started = await startRun(deps, wish, asked);
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
