import type { CoreDeps } from './deps.js';
import type { Executor, PartResult, RunContext } from './executor.js';
import { fingerprintOf } from './fingerprint.js';
import { formatCount } from './format.js';
import { activeParts, executorEntries, partAsRun, ROLL_BACK_OFFERED } from './journal.js';
import { MOST_NEWER, newerBegun } from './newer-runs.js';
import { code, type Phrase, phrase } from './phrase.js';
import type { Plan, PlanPart } from './plan.js';
import { otherVersionWords, readPart } from './plan-data.js';
import { type Notice, notice } from './reasons.js';
import type { RunRequest } from './request.js';
import type { Run, RunState } from './run.js';
import type { JournalRow } from './store.js';
import type { Ticket } from './ticket.js';

type UndoDeps = Pick<CoreDeps, 'store'>;

/** May the run that the request names be rolled back? Null means yes, or that the request is no such wish. */
export async function checkUndo({ store }: UndoDeps, request: RunRequest): Promise<Notice | null> {
  if (request.undoes === undefined) return null;
  const run = await store.runs.get(request.undoes);
  if (run?.intent === request.intent && run.outcome?.rollBack) return overtaken({ store }, run);
  return notice(
    'nothing_to_do',
    phrase`${code(request.undoes)} left nothing that can be rolled back.`,
    phrase`Look at the run’s outcome.`,
  );
}

/** What the run left is no more as it was: another run has put it back, or has gone on from there. */
async function overtaken(deps: UndoDeps, run: Run): Promise<Notice | null> {
  const newer = await newerBegun(deps, run);
  const undone = run.plan.undoes ?? run.id;
  const other = newer?.findLast(
    ({ plan, state }) =>
      [run.id, undone].includes(plan.resumes ?? '') || (plan.undoes === undone && !isToBeRepeated(state)),
  );
  if (newer && !other) return null;
  const since = other
    ? phrase`${code(other.id)} has ${other.plan.undoes === undefined ? 'gone on from there' : 'begun to do that'} already`
    : phrase`${code(run.intent)} has run over ${formatCount(MOST_NEWER, 'time')} since`;
  return notice(
    'nothing_to_do',
    phrase`${code(run.id)} can’t be rolled back any more: ${since}.`,
    other ? phrase`Look at the outcome of ${code(other.id)}.` : phrase`Look at what runs now.`,
  );
}

/** Rolling back that ended like this may be done once more. */
function isToBeRepeated(state: RunState): boolean {
  return state === 'failed' || state === 'cancelled' || state === 'interrupted';
}

/**
 * The plan that puts back what an interrupted run left: those of its parts that were under way and can be put
 * back, each with one step in its own words.
 */
export async function planUndo(
  deps: UndoDeps & Pick<CoreDeps, 'executors'>,
  ticket: Ticket,
  undoes: string,
  plannedAt: Date,
): Promise<Plan> {
  const { id, offers } = await interrupted(deps.store, undoes);
  const parts = await Promise.all(
    offers.map(async ({ part, title }): Promise<PlanPart> => {
      const readable = await readPart(deps, part);
      const blockers = readable ? [] : [madeElsewhere(part)];
      return { ...(readable ?? part), steps: [{ title, commands: [] }], effects: [], warnings: [], blockers };
    }),
  );
  const [first] = parts;
  if (!first) throw new Error(`${undoes} left nothing to roll back`);
  return {
    intent: ticket.intent.name,
    action: first.action,
    stack: first.stack,
    plannedAt: plannedAt.toISOString(),
    parts,
    touches: [...new Set(parts.flatMap((part) => part.touches))].sort(),
    undoes: id,
    fingerprint: fingerprintOf(parts),
  };
}

function madeElsewhere(part: PlanPart): Notice {
  const message = phrase`This can’t be rolled back by this version. ${otherVersionWords(part)}`;
  return notice('plan_failed', message, phrase`Put it right by hand.`);
}

/** A part of the plan of a run that rolls back. */
interface UndoPart {
  readonly executor: Executor;
  readonly part: PlanPart;
  /** Its place in that plan. */
  readonly index: number;
}

/** Lets the executor put back a part, with the journal of the run that was interrupted. */
export async function rollBack(
  { store }: UndoDeps,
  undoes: string,
  { executor, part, index }: UndoPart,
  context: RunContext,
): Promise<PartResult> {
  const { journal, offers } = await interrupted(store, undoes);
  const offer = offers[index];
  if (!offer) throw new Error(`${undoes} left nothing like this to roll back`);
  if (!executor.rollBack) throw new Error(`${executor.kind} offered a roll back that it does not have`);
  context.step(0, 'running');
  return executor.rollBack(part, executorEntries(journal, offer.index), context);
}

/** A part that was under way and can be put back. */
interface Offer {
  /** Its place in the interrupted run's plan. */
  readonly index: number;
  readonly part: PlanPart;
  /** What putting it back does. */
  readonly title: Phrase;
}

interface Interrupted {
  readonly id: string;
  readonly journal: readonly JournalRow[];
  /** In the order in which they began. */
  readonly offers: readonly Offer[];
}

/** What can be put back. A roll back that was itself interrupted leads on to the run that it undoes. */
async function interrupted(store: UndoDeps['store'], runId: string): Promise<Interrupted> {
  const found = await store.runs.get(runId);
  const id = found?.plan.undoes ?? runId;
  const run = await store.runs.get(id);
  const journal = await store.runs.journal(id);
  if (!run?.outcome?.rollBack) throw new Error(`${runId} left nothing to roll back`);
  const offers = titlesOf(run, journal).flatMap(([index, title]): Offer[] => {
    const part = partAsRun(run, journal, index);
    return part ? [{ index, part, title }] : [];
  });
  return { id, journal, offers };
}

/** What was offered for each part; runs of before there were graphs have one such part, and only its outcome tells. */
function titlesOf({ outcome }: Run, journal: readonly JournalRow[]): readonly (readonly [number, Phrase])[] {
  const rows = journal.filter(({ kind }) => kind === ROLL_BACK_OFFERED);
  // Tidying up may have been cut off itself, and have offered the same twice.
  const offered = new Map(rows.map(({ part, data }) => [part, data as unknown as Phrase]));
  if (offered.size > 0) return [...offered];
  const last = activeParts(journal).at(-1);
  return last === undefined || !outcome?.rollBack ? [] : [[last, outcome.rollBack]];
}
