import { processOfOwner } from '../faults/owner-id.js';
import type { Run, RunState } from '../model/run.js';
import type { CoreDeps } from '../ports/deps.js';
import type { Owner, UnfinishedRun } from '../ports/store.js';

/** States of a run that a process has to carry on. */
export const UNFINISHED = ['planned', 'queued', 'running'] as const satisfies readonly RunState[];

/** Without word from an owner whose pid can't be looked up from here, it counts as dead after this, in ms. */
const SILENCE = 30_000;
/** A run of this process that nobody works on: for so long it may just be changing hands, in ms. */
const HANDOVER = 10_000;
/** The same while it is recorded and opened, which may have to wait for the store twice. */
const OPENING = 90_000;
const AT_ONCE = 1000;

/** The process that looks. */
export interface Looker {
  readonly id: string;
  /** Does it work on this run, or keep its outcome? */
  readonly isAtWork: (runId: string) => boolean;
  readonly suspects: Suspects;
  /** Keeps the outcome of a run until `write` has stored it. Never rejects. */
  readonly keep: (run: Run, write: () => Promise<void>) => Promise<void>;
  /** It tidies up also while the store can't be written: it stays until it can. */
  readonly goesAhead: boolean;
}

/** A run without a living owner. */
export interface DeadRun extends UnfinishedRun {
  /** Its owner lives, is the one that looks, and has lost it. */
  readonly isLost: boolean;
}

/** Since when runs look dead that are not known to be. */
export class Suspects {
  #since = new Map<string, number>();

  /** Of those that look so now, with how long that may be so (ms), the ones that have for longer. */
  overdue(looks: readonly { readonly id: string; readonly patience: number }[], now: number): Set<string> {
    const since = new Map(looks.map(({ id }) => [id, this.#since.get(id) ?? now]));
    this.#since = since;
    return new Set(
      looks.filter(({ id, patience }) => now - (since.get(id) ?? now) >= patience).map(({ id }) => id),
    );
  }
}

/** Runs that nobody alive works on, whatever rows are left of their owners; and the dead owners of no other run. */
export async function findDeadRuns(
  deps: Pick<CoreDeps, 'store' | 'hosts' | 'now'>,
  looker: Looker,
): Promise<{ readonly runs: readonly DeadRun[]; readonly owners: readonly Owner[] }> {
  const now = deps.now().getTime();
  // Runs first: an owner that comes between the two is then known, not missing.
  const unfinished = await deps.store.runs.unfinished(AT_ONCE);
  const owners = await deps.store.owners.list();
  const known = new Map(owners.map((owner) => [owner.id, owner]));
  const judged = unfinished.map((run) => ({ run, verdict: verdictOf(deps, run, known, looker, now) }));
  const looks = judged.flatMap(({ run, verdict }) =>
    typeof verdict === 'number' ? [{ id: run.id, patience: verdict }] : [],
  );
  const overdue = looker.suspects.overdue(looks, now);
  return {
    runs: judged
      .filter(({ run, verdict }) => verdict === 'dead' || overdue.has(run.id))
      .map(({ run }) => ({ ...run, isLost: run.owner === looker.id })),
    owners:
      unfinished.length === AT_ONCE
        ? []
        : owners.filter((owner) => owner.id !== looker.id && isDead(deps, owner, now)),
  };
}

/** A number: it looks dead, and is when it still does after so many ms. */
type Verdict = 'alive' | 'dead' | number;

function verdictOf(
  deps: Pick<CoreDeps, 'hosts'>,
  { id, state, owner }: UnfinishedRun,
  known: ReadonlyMap<string, Owner>,
  looker: Looker,
  now: number,
): Verdict {
  if (looker.isAtWork(id)) return 'alive';
  if (owner !== looker.id) {
    const standing = standingOf(deps, owner, known, now);
    return standing === 'unknown' ? SILENCE : standing;
  }
  return state === 'planned' ? OPENING : HANDOVER;
}

/**
 * Is the process gone that a run names as its owner, as far as can be told from here? Its row may be missing; `unknown`
 * when it names one elsewhere that has none.
 */
export function standingOf(
  { hosts }: Pick<CoreDeps, 'hosts'>,
  owner: string | null,
  known: ReadonlyMap<string, Owner>,
  now: number,
): 'alive' | 'dead' | 'unknown' {
  if (owner === null) return 'dead';
  const row = known.get(owner);
  if (row) return isDead({ hosts }, row, now) ? 'dead' : 'alive';
  const process = processOfOwner(owner, hosts.self().machine);
  if (process === 'nobody') return 'dead';
  if (process === 'elsewhere') return 'unknown';
  return hosts.liveness(process) === 'dead' ? 'dead' : 'alive';
}

function isDead({ hosts }: Pick<CoreDeps, 'hosts'>, owner: Owner, now: number): boolean {
  const liveness = hosts.liveness(owner);
  if (liveness !== 'unknown') return liveness === 'dead';
  return now - Date.parse(owner.heartbeatAt) > SILENCE;
}
