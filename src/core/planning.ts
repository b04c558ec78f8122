import type { CoreDeps } from './deps.js';
import { expectedOf, workOfPart } from './estimate.js';
import type { PlanContext } from './executor.js';
import { fingerprintOf } from './fingerprint.js';
import type { Host } from './host.js';
import type { Intent, IntentStep } from './intent/intent.js';
import type { Plan, PlanPart } from './plan.js';
import type { Ticket } from './ticket.js';
import { planUndo } from './undo.js';

type PlanningDeps = Pick<CoreDeps, 'store' | 'executors' | 'hosts' | 'redactor' | 'secrets'>;

/** What planning needs to know of the run it plans for. */
export interface PlanningScope {
  readonly runId: string;
  /** The instant of the first plan; planning again passes the same one. */
  readonly plannedAt: Date;
  readonly signal: AbortSignal;
}

/** Asks each step's executor what it would do. Changes nothing. Throws only when an executor has a bug. */
export async function makePlan(deps: PlanningDeps, ticket: Ticket, scope: PlanningScope): Promise<Plan> {
  const host = deps.hosts.open({
    runId: scope.runId,
    signal: scope.signal,
    resolveSecret: deps.secrets.resolve,
    onChild: async () => {},
    onOutput: () => {},
  });
  const { undoes } = ticket.request;
  if (undoes !== undefined) return planUndo(deps, ticket, undoes, scope.plannedAt);
  const parts: PlanPart[] = [];
  for (const intent of ticket.chain) {
    for (const [index, step] of intent.steps.entries()) {
      parts.push(await planPart(deps, host, intent, index, step, scope));
    }
  }
  return {
    intent: ticket.intent.name,
    action: ticket.intent.action,
    stack: ticket.intent.stack,
    plannedAt: scope.plannedAt.toISOString(),
    parts,
    touches: [...new Set(parts.flatMap((part) => part.touches))].sort(),
    fingerprint: fingerprintOf(parts),
  };
}

async function planPart(
  deps: PlanningDeps,
  host: Host,
  intent: Intent,
  index: number,
  step: IntentStep,
  scope: PlanningScope,
): Promise<PlanPart> {
  const executor = deps.executors.get(step.kind);
  if (!executor) throw new Error(`no executor for ${step.kind}, which admission should have refused`);
  const context: PlanContext = {
    intent: intent.name,
    stack: step.stack,
    host,
    signal: scope.signal,
    plannedAt: scope.plannedAt,
    hasSecret: deps.secrets.has,
    artifacts: () => deps.store.artifacts.list(intent.name),
    remembered: () => deps.store.runs.remembered(intent.name, index),
  };
  const draft = await executor.plan(step.fields, context);
  return {
    intent: intent.name,
    step: index,
    kind: step.kind,
    action: step.action,
    stack: step.stack,
    ...draft,
    expected: expectedOf(await deps.store.history.past(intent.name, index), workOfPart(draft)),
    warnings: deps.redactor.data(draft.warnings),
    blockers: deps.redactor.data(draft.blockers),
  };
}

/** A plan without parts, for a run whose plan couldn't be made. */
export function emptyPlan(ticket: Ticket, plannedAt: Date): Plan {
  return {
    intent: ticket.intent.name,
    action: ticket.intent.action,
    stack: ticket.intent.stack,
    plannedAt: plannedAt.toISOString(),
    parts: [],
    touches: [],
    fingerprint: fingerprintOf([]),
  };
}

/** Which step of its own intent a part is: the key under which it remembers. */
export function stepOfPart(plan: Plan, part: number): number {
  const { intent, step } = plan.parts[part] ?? {};
  if (step !== undefined) return step;
  return plan.parts.slice(0, part).filter((earlier) => earlier.intent === intent).length;
}
