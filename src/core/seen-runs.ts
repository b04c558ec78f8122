import { standingOf } from './dead-runs.js';
import type { CoreDeps } from './deps.js';
import { outcomes } from './outcomes.js';
import { phrase } from './phrase.js';
import type { Outcome, RunState, RunSummary } from './run.js';

/** A process should be at work on it. */
export function isUnderWay({ state }: { readonly state: RunState }): boolean {
  return state === 'queued' || state === 'running';
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
 * Runs as people and machines should read them, whatever the rows still say: one whose process is gone counts as
 * interrupted, and a preview that is open no longer as expired. Changes nothing.
 * @param self the owner that asks, which is alive
 */
export async function asSeen<R extends RunSummary>(
  deps: Pick<CoreDeps, 'store' | 'hosts' | 'now'>,
  runs: readonly R[],
  self: string | null = null,
): Promise<readonly R[]> {
  const doubtful = (run: R): boolean => isUnderWay(run) && run.owner !== self;
  const owners = runs.some(doubtful) ? await deps.store.owners.list() : [];
  const known = new Map(owners.map((owner) => [owner.id, owner]));
  const now = deps.now().getTime();
  return runs.map((run) => {
    if (doubtful(run) && standingOf(deps, run.owner, known, now) !== 'alive') return ended(run, LEFT);
    return isOverdue(run, now) ? ended(run, outcomes.expired()) : run;
  });
}

function isOverdue({ state, expiresAt }: RunSummary, now: number): boolean {
  return state === 'awaiting' && expiresAt !== null && Date.parse(expiresAt) <= now;
}

function ended<R extends RunSummary>(run: R, outcome: Outcome): R {
  return { ...run, state: outcome.state, outcome };
}
