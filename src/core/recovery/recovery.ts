import { leftoverWords } from '../execution/leftovers.js';
import { progressByJournal } from '../execution/states.js';
import { standWords } from '../execution/steps-wording.js';
import { alertOf } from '../model/alert-rules.js';
import { leftBy } from '../model/left-down.js';
import { type Phrase, phrase } from '../model/phrase.js';
import type { Outcome, ProgressSnapshot, Run } from '../model/run.js';
import type { CoreDeps } from '../ports/deps.js';
import type { RecoveryReport } from '../ports/executor.js';
import type { ChildRecord } from '../ports/host.js';
import { CHILD, StoreError, type StoreFault } from '../ports/store.js';
import { type DeadRun, findDeadRuns, type Looker } from '../records/dead-runs.js';
import { RunWrites } from '../records/run-writes.js';
import { recoverParts } from './recover-parts.js';

/**
 * Ends the runs of owners that died, and those that nobody works on: first what their children still do, then the
 * executor tidies up, then the end is stored, which frees the leases with it, then people are told. A living owner's
 * runs are never touched, and one run is recovered by one process only. Where the store can't be written, what the runs
 * left is put back all the same, and their end is kept until it can.
 */
export async function recoverDeadRuns(deps: CoreDeps, looker: Looker): Promise<void> {
  const { runs, owners } = await findDeadRuns(deps, looker);
  const left = new Set<string | null>();
  await Promise.all(
    runs.map(async (run) => {
      if (!(await recoverOrHandBack(deps, run, looker))) left.add(run.owner);
    }),
  );
  try {
    for (const { id } of owners) if (!left.has(id)) await deps.store.owners.remove(id);
  } catch (error) {
    // The next pass meets them again.
    if (!(error instanceof StoreError)) throw error;
  }
}

/** False when the run could not be recovered; it belongs to the dead owner again and is tried again later. */
async function recoverOrHandBack(deps: CoreDeps, dead: DeadRun, looker: Looker): Promise<boolean> {
  const { id, owner } = dead;
  try {
    const isClaimed = await claim(deps, dead, looker);
    if (isClaimed === false) return true;
    const run = await deps.store.runs.get(id);
    if (run) await recoverRun(deps, run, dead, looker);
    return looker.isAtWork(id) === false;
  } catch (error) {
    deps.log.error({ err: error, runId: id }, 'a run could not be recovered, trying again later');
  }
  // Where that fails too, or nobody owned it, this process has lost it, and finds it again by that.
  if (owner !== null) {
    await deps.store.runs.claim(id, looker.id, owner).catch((error: unknown) => {
      deps.log.warn({ err: error, runId: id }, 'a run could not be handed back');
    });
  }
  return false;
}

/** What no other process can write either: none of them claims the run meanwhile. */
const NOBODY_WRITES: readonly StoreFault[] = ['full', 'denied', 'io'];

/** False: it is another's. Null: nobody can claim it now, and what it left is put back all the same. */
async function claim(deps: CoreDeps, dead: DeadRun, looker: Looker): Promise<boolean | null> {
  try {
    return await deps.store.runs.claim(dead.id, dead.owner, looker.id);
  } catch (error) {
    if (!looker.goesAhead || !(error instanceof StoreError)) throw error;
    if (!NOBODY_WRITES.includes(error.fault)) throw error;
    deps.log.warn({ err: error, runId: dead.id }, 'a dead run is put right before the store can be written');
    return null;
  }
}

async function recoverRun(deps: CoreDeps, run: Run, dead: DeadRun, looker: Looker): Promise<void> {
  const writes = new RunWrites(deps, run, await deps.store.runs.journal(run.id));
  const { report, progress } = run.state === 'running' ? await tidyUp(deps, run, writes) : NOTHING_STARTED;
  const outcome: Outcome = {
    state: 'interrupted',
    reason: 'process_died',
    summary: [dead.isLost ? whatWasLost(run) : whatDied(run), ...report.summary],
    ...(report.rollBack ? { rollBack: report.rollBack } : {}),
    ...leftBy([report]),
    warnings: [],
    tail: [],
  };
  const finishedAt = deps.now().toISOString();
  const detail = { state: outcome.state, reason: outcome.reason };
  const { intent, source, actor } = run;
  const audit = { at: finishedAt, event: 'finished', actor, source, runId: run.id, intent, detail };
  const patch = {
    outcome: deps.redactor.told(outcome),
    finishedAt,
    owner: null,
    ...(progress ? { progress } : {}),
  };
  const ended: Run = { ...run, ...patch, state: 'interrupted' };
  const alert = alertOf(ended, finishedAt);
  let { owner } = run;
  await looker.keep(ended, async () => {
    if (owner !== looker.id && !(await deps.store.runs.claim(run.id, owner, looker.id))) return;
    owner = looker.id;
    // Before the end is: what is in the catalogue must not depend on this process any more.
    await writes.flush();
    if (!(await deps.store.runs.transition(run.id, run.state, 'interrupted', patch, audit, { alert })))
      return;
    deps.log.warn({ runId: run.id, intent }, 'interrupted run tidied up');
    deps.events.emit({ type: 'finished', run: (await deps.store.runs.get(run.id)) ?? ended });
  });
}

function whatDied(run: Run): Phrase {
  const doing = run.state === 'running' ? 'while it ran' : 'before it began';
  return run.source === 'cli'
    ? phrase`The command was killed ${doing}.`
    : phrase`The bot was restarted ${doing}.`;
}

/** This process goes on, and nobody in it works on the run. */
function whatWasLost(run: Run): Phrase {
  const doing = run.state === 'running' ? 'while it ran' : 'before it began';
  return phrase`ChatOps stopped working on it ${doing}, after an error that its log tells.`;
}

const NOTHING_STARTED: TidiedUp = { report: { summary: [phrase`Nothing had been started.`] } };

/** What was found and put right, and how the steps of a graph stand. */
interface TidiedUp {
  readonly report: RecoveryReport;
  readonly progress?: ProgressSnapshot;
}

async function tidyUp(deps: CoreDeps, run: Run, writes: RunWrites): Promise<TidiedUp> {
  const children = writes.journal
    .filter((row) => row.kind === CHILD)
    .map((row) => row.data as unknown as ChildRecord);
  const ended = await deps.hosts.endLeftovers(run.id, children);
  const endedText = leftoverWords(ended);
  const { summary, ...more } = await recoverParts(deps, run, writes);
  const report = { summary: [...endedText, ...summary], ...more };
  const { graph } = run.plan;
  if (!graph) return { report };
  // Tidying up may have finished what was being put back.
  const progress = progressByJournal(run, graph, writes.journal);
  const stand = standWords(graph, progress.steps ?? {});
  return { report: { ...report, summary: [...report.summary, ...stand] }, progress };
}
