import { code, phrase } from '../model/phrase.js';
import { type Notice, notice } from '../model/reasons.js';
import type { RunRequest } from '../model/request.js';
import type { Run, RunState } from '../model/run.js';
import type { CoreDeps } from '../ports/deps.js';
import { MOST_NEWER, newerBegun } from '../records/newer-runs.js';
import { formatCount } from '../text/format.js';

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
