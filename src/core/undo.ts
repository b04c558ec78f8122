import type { CoreDeps } from './deps.js';
import type { Executor, PartResult, RunContext } from './executor.js';
import { fingerprintOf } from './fingerprint.js';
import { activePart, executorEntries } from './journal.js';
import { code, phrase } from './phrase.js';
import type { Plan, PlanPart } from './plan.js';
import { type Notice, notice } from './reasons.js';
import type { RunRequest } from './request.js';
import type { Ticket } from './ticket.js';

type UndoDeps = Pick<CoreDeps, 'store'>;

/** May the run that the request names be rolled back? Null means yes, or that the request is no such wish. */
export async function checkUndo({ store }: UndoDeps, request: RunRequest): Promise<Notice | null> {
  if (request.undoes === undefined) return null;
  const run = await store.runs.get(request.undoes);
  if (run?.intent === request.intent && run.outcome?.rollBack) return null;
  return notice(
    'nothing_to_do',
    phrase`${code(request.undoes)} left nothing that can be rolled back.`,
    phrase`Look at the run’s outcome.`,
  );
}

/** The plan that puts back what an interrupted run left: that run's last part, with one step in its own words. */
export async function planUndo(
  { store }: UndoDeps,
  ticket: Ticket,
  undoes: string,
  plannedAt: Date,
): Promise<Plan> {
  const { id, part, title } = await interrupted(store, undoes);
  const parts: readonly PlanPart[] = [
    { ...part, steps: [{ title, commands: [] }], effects: [], warnings: [], blockers: [] },
  ];
  return {
    intent: ticket.intent.name,
    action: part.action,
    stack: part.stack,
    plannedAt: plannedAt.toISOString(),
    parts,
    touches: part.touches,
    undoes: id,
    fingerprint: fingerprintOf(parts),
  };
}

/** Lets the executor put back the part, with the journal of the run that was interrupted. */
export async function rollBack(
  { store }: UndoDeps,
  undoes: string,
  executor: Executor,
  part: PlanPart,
  context: RunContext,
): Promise<PartResult> {
  const { index } = await interrupted(store, undoes);
  if (!executor.rollBack) throw new Error(`${executor.kind} offered a roll back that it does not have`);
  context.step(0, 'running');
  return executor.rollBack(part, executorEntries(await store.runs.journal(undoes), index), context);
}

/** The part to put back. A roll back that was itself interrupted leads on to the run that it undoes. */
async function interrupted(store: UndoDeps['store'], runId: string) {
  const found = await store.runs.get(runId);
  const id = found?.plan.undoes ?? runId;
  const run = await store.runs.get(id);
  const index = activePart(await store.runs.journal(id));
  const part = index === null ? undefined : run?.plan.parts[index];
  const title = run?.outcome?.rollBack;
  if (index === null || !part || !title) throw new Error(`${runId} left nothing to roll back`);
  return { id, index, part, title };
}
