import { plain } from '../../../core/model/phrase.js';
import type { Actor } from '../../../core/model/request.js';
import type { Run, Shown } from '../../../core/model/run.js';
import type { DeliveryStore } from '../../../core/ports/store.js';
import { type CallRuns, callRuns } from '../api/call-runs.js';
import type { ApiDeps } from '../api/deps.js';
import { type Started, startRun, succeeded, withdrawSuccessor } from '../api/start-run.js';
import type { Change } from './change.js';
import type { CommitState, ReportStatus } from './commit-status.js';

export interface DeliverDeps extends Pick<ApiDeps, 'pipeline' | 'catalogue' | 'log' | 'onAuthFailure'> {
  readonly deliveries: DeliveryStore;
  readonly report: ReportStatus;
  now(): Date;
}

/**
 * Runs the intents that a change names, one after the other; one that does not succeed ends it. An intent runs
 * once for a commit, whether a push or a pull request told of it first. Never rejects.
 */
export async function runMarked(
  deps: DeliverDeps,
  change: Change,
  intents: readonly string[],
  from: string,
): Promise<void> {
  const id = `${change.provider}:${change.repository}`;
  const actor: Actor = { kind: 'webhook', id, name: change.repository };
  const call = callRuns(deps.catalogue);
  for (const intent of intents) {
    try {
      const key = `run:${id}:${change.commit}:${intent}`;
      if (!(await deps.deliveries.claim([key], deps.now().toISOString()))) continue;
      const well =
        (await reportEarlier(deps, change, intent, call)) ??
        (await runOne(deps, change, intent, { actor, from }, call));
      if (!well) return;
    } catch (error) {
      deps.log.error({ err: error, intent, repository: change.repository }, 'a webhook’s run failed');
      return;
    }
  }
}

/** An intent that ran already as part of another of this delivery, told as it went; null: it is to run. */
async function reportEarlier(
  { report }: DeliverDeps,
  change: Change,
  intent: string,
  call: CallRuns,
): Promise<boolean | null> {
  const found = call.find(intent);
  if (found === null) return null;
  const description = `Already ran as ${found.run.id}.`;
  await report(change, { intent, state: found.ok ? 'success' : 'failure', description });
  return found.ok;
}

async function runOne(
  deps: DeliverDeps,
  change: Change,
  intent: string,
  asked: { readonly actor: Actor; readonly from: string },
  call: CallRuns,
): Promise<boolean> {
  const { report } = deps;
  await report(change, { intent, state: 'pending', description: 'ChatOps plans it.' });
  const wish = { intent, params: {}, dryRun: false, rollbackOnFailure: true, alreadyRan: call.ran };
  const started = await startRun(deps, wish, { ...asked, source: 'webhook', shown: shownOf(change) });
  const ending = endOf(deps, started);
  if (started.kind === 'waits') await report(change, stateOf(intent, started, null));
  const run = await ending;
  if (run) await withdrawSuccessor(deps, run, asked.actor);
  if (run) call.note(run);
  await report(change, stateOf(intent, started, run));
  return run !== null && succeeded(run);
}

/** The run when it has ended, also one that waits for a person until then; null when it never began. */
async function endOf({ pipeline }: DeliverDeps, started: Started): Promise<Run | null> {
  if (started.kind === 'runs') return started.done;
  if (started.kind !== 'waits') return started.kind === 'planned' ? started.run : null;
  return new Promise((resolve) => {
    const unsubscribe = pipeline.events.subscribe((event) => {
      if (event.type !== 'finished' || event.run.id !== started.run.id) return;
      unsubscribe();
      resolve(event.run);
    });
  });
}

function stateOf(intent: string, started: Started, run: Run | null): CommitState {
  if (started.kind === 'waits' && run === null) {
    return { intent, state: 'pending', description: `${started.run.id} waits for a person.` };
  }
  if (started.kind === 'refused') {
    return { intent, state: 'failure', description: plain(started.notice.message) };
  }
  const [first] = run?.outcome?.summary ?? [];
  const description = `${started.run.id}: ${first ? plain(first) : (run?.state ?? '')}`;
  return { intent, state: run && succeeded(run) ? 'success' : 'failure', description };
}

/** Where the run came from, kept with it, so that it can be told with its outcome. */
function shownOf({ provider, repository, branch, commit, author, link }: Change): Shown {
  return { surface: 'webhook', commit: { provider, repository, branch, commit, author, link } };
}
