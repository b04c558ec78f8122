import type { Plan, PlanPart } from '../model/plan.js';
import type { Ticket } from '../model/ticket.js';
import { fingerprintOf } from './fingerprint.js';
import { planGraph } from './plan-graph.js';
import { type PlanningDeps, type PlanningScope, planningHost, planPart } from './plan-part.js';
import { planUndo } from './plan-undo.js';

/** Asks each step's executor what it would do. Changes nothing. Throws only when an executor has a bug. */
export async function makePlan(deps: PlanningDeps, ticket: Ticket, scope: PlanningScope): Promise<Plan> {
  const { undoes } = ticket.request;
  if (undoes !== undefined) return planUndo(deps, ticket, undoes, scope.plannedAt);
  const host = planningHost(deps, scope);
  if (ticket.nodes)
    return {
      ...headOf(ticket, scope.plannedAt),
      ...(await planGraph(deps, host, ticket, ticket.nodes, scope)),
    };
  const parts: PlanPart[] = [];
  for (const intent of ticket.chain) {
    if (intent !== ticket.intent && ticket.request.alreadyRan?.[intent.name] !== undefined) continue;
    for (const [index, step] of intent.steps.entries()) {
      parts.push(await planPart(deps, host, intent, index, step, scope));
    }
  }
  return {
    ...headOf(ticket, scope.plannedAt),
    parts,
    touches: [...new Set(parts.flatMap((part) => part.touches))].sort(),
    fingerprint: fingerprintOf(parts),
  };
}

/** A plan without parts, for a run whose plan couldn't be made. */
export function emptyPlan(ticket: Ticket, plannedAt: Date): Plan {
  return { ...headOf(ticket, plannedAt), parts: [], touches: [], fingerprint: fingerprintOf([]) };
}

function headOf({ intent: { name, action, stack }, chain, request }: Ticket, plannedAt: Date) {
  const ran = Object.entries(request.alreadyRan ?? {}).filter(
    ([other]) => other !== name && chain.some((link) => link.name === other),
  );
  return {
    intent: name,
    action,
    stack,
    plannedAt: plannedAt.toISOString(),
    ...(ran.length === 0 ? {} : { alreadyRan: Object.fromEntries(ran) }),
  };
}

/** Which step of its own intent a part is: the key under which it remembers. */
export function stepOfPart(plan: Plan, part: number): number {
  const found = plan.parts[part];
  return (
    found?.step ?? plan.parts.slice(0, part).filter((earlier) => earlier.intent === found?.intent).length
  );
}
