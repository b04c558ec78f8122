import type { Run, RunState } from '../model/run.js';
import type { CoreDeps } from '../ports/deps.js';

type NewerDeps = { readonly store: { readonly runs: Pick<CoreDeps['store']['runs'], 'get' | 'list'> } };

/** So many runs of the intent are looked through at most. */
export const MOST_NEWER = 1000;
/** States of runs that can have begun. */
const BEGUN: readonly RunState[] = [
  'running',
  'succeeded',
  'failed',
  'rolled_back',
  'cancelled',
  'plan_changed',
  'interrupted',
];

/**
 * The runs of the same intent that were asked for after this one, which has begun itself, and have begun too,
 * oldest first. Null when there are too many to look through.
 */
export async function newerBegun({ store }: NewerDeps, run: Run): Promise<readonly Run[] | null> {
  const newest = await store.runs.list({ intent: run.intent, states: BEGUN, limit: MOST_NEWER });
  const at = newest.findIndex(({ id }) => id === run.id);
  if (at === -1) return null;
  const found: Run[] = [];
  for (const { id, startedAt } of newest.slice(0, at).reverse()) {
    const newer = startedAt === null ? null : await store.runs.get(id);
    if (newer) found.push(newer);
  }
  return found;
}
