import { phrase } from '../model/phrase.js';
import type { Outcome, Run, RunState, RunSummary } from '../model/run.js';
import type { CoreDeps } from '../ports/deps.js';
import { standingOf } from './dead-runs.js';
import { outcomes } from './outcomes.js';

/** A process should be at work on it. */
export function isUnderWay({ state }: { readonly state: RunState }): boolean {
  return state === 'queued' || state === 'running';
}

/** The process that asks, which is alive. */
interface Self {
  readonly id: string;
  /** Outcomes that the store does not have yet. */
  readonly unstored: { told(runId: string): Run | null };
}

/** Told of a run whose process is gone, until somebody tidies up after it. */
const LEFT: Outcome = {
  state: 'interrupted',
  reason: 'process_died',
  summary: [phrase`The process that ran it is gone. What it left behind is not tidied up yet.`],
  next: phrase`Start the bot, or run any intent from the command line: that tidies up first.`,
  warnings: [],
  tail: [],
};

/**
 * Runs as people and machines should read them, whatever the rows still say: one whose outcome waits for the store has
 * it, one whose process is gone counts as interrupted, and a preview that is open no longer as expired. Changes nothing.
 */
export async function asSeen<R extends RunSummary>(
  deps: Pick<CoreDeps, 'store' | 'hosts' | 'now'>,
  read: readonly R[],
  self: Self | null = null,
): Promise<readonly R[]> {
  const runs = read.map((run) => withOutcome(run, self?.unstored.told(run.id) ?? null));
  const doubtful = (run: R): boolean => isUnderWay(run) && run.owner !== self?.id;
  const owners = runs.some(doubtful) ? await deps.store.owners.list() : [];
  const known = new Map(owners.map((owner) => [owner.id, owner]));
  const now = deps.now().getTime();
  return runs.map((run) => {
    if (doubtful(run) && standingOf(deps, run.owner, known, now) !== 'alive') return ended(run, LEFT);
    return isOverdue(run, now) ? ended(run, outcomes.expired()) : run;
  });
}

function withOutcome<R extends RunSummary>(run: R, told: Run | null): R {
  if (told === null || !(isUnderWay(run) || run.state === 'planned')) return run;
  const { state, outcome, finishedAt, owner, progress } = told;
  return { ...run, state, outcome, finishedAt, owner, ...('progress' in run ? { progress } : {}) };
}

function isOverdue({ state, expiresAt }: RunSummary, now: number): boolean {
  return state === 'awaiting' && expiresAt !== null && Date.parse(expiresAt) <= now;
}

function ended<R extends RunSummary>(run: R, outcome: Outcome): R {
  return { ...run, state: outcome.state, outcome };
}
