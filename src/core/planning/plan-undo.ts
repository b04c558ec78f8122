import { phrase } from '../model/phrase.js';
import type { Plan, PlanPart } from '../model/plan.js';
import { type Notice, notice } from '../model/reasons.js';
import type { Ticket } from '../model/ticket.js';
import type { CoreDeps } from '../ports/deps.js';
import { otherVersionWords, readPart } from '../ports/plan-data.js';
import { interrupted } from '../records/interrupted.js';
import { fingerprintOf } from './fingerprint.js';

type UndoDeps = Pick<CoreDeps, 'store'>;

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
