import { wordOf } from '../conditions/condition.js';
import { skippedAmong } from '../conditions/skipped.js';
import type { PlanGraph, PlanNode } from '../model/graph.js';
import type { Plan, PlanPart } from '../model/plan.js';
import type { Ticket, TicketNode } from '../model/ticket.js';
import type { Host } from '../ports/host.js';
import { finishedBefore } from '../records/finished.js';
import { fingerprintOf } from './fingerprint.js';
import { type PlanningDeps, type PlanningScope, planningHost, planPart } from './plan-part.js';

/** Plans each node of a ticket, without those that a resumed run has finished. Changes nothing. */
export async function planGraph(
  deps: PlanningDeps,
  host: Host,
  { request, intent }: Ticket,
  nodes: readonly TicketNode[],
  scope: PlanningScope,
): Promise<Omit<Plan, 'intent' | 'action' | 'stack' | 'plannedAt'>> {
  const done = new Map(
    request.resumes === undefined ? [] : await finishedBefore(deps.store, request.resumes),
  );
  for (const { name, doneIn } of nodes) {
    if (doneIn !== undefined && !done.has(name)) done.set(name, { state: 'succeeded', doneIn });
  }
  const ended = new Map([...done].map(([name, { state }]) => [name, wordOf(state)]));
  const skipped = skippedAmong(nodes, request.params, ended);
  const parts: PlanPart[] = [];
  const planned: PlanNode[] = [];
  for (const node of nodes) {
    const { name, needs, when, onFailure } = node;
    const earlier = done.get(name);
    const isSkipped = earlier ? earlier.state === 'skipped' : skipped.has(name);
    const own = earlier || isSkipped ? [] : await planWork(deps, host, node, scope);
    planned.push({
      name,
      parts: own.map((_, index) => parts.length + index),
      needs,
      when,
      onFailure,
      ...(isSkipped ? { skipped: true as const } : {}),
      ...(earlier ? { doneIn: earlier.doneIn } : {}),
    });
    parts.push(...own);
  }
  const graph: PlanGraph = { nodes: planned, maxParallel: intent.graph?.maxParallel ?? 1 };
  return {
    parts,
    touches: [...new Set(parts.flatMap((part) => part.touches))].sort(),
    graph,
    ...(request.resumes === undefined ? {} : { resumes: request.resumes }),
    fingerprint: fingerprintOf(parts, graph),
  };
}

/**
 * The parts of one node as they would be now, for the instant of the plan. Changes nothing.
 * @throws Error when the ticket has no such node, or an executor has a bug
 */
export async function planNode(
  deps: PlanningDeps,
  ticket: Ticket,
  plan: Pick<Plan, 'plannedAt'>,
  nodeName: string,
  scope: Pick<PlanningScope, 'runId' | 'signal'>,
): Promise<readonly PlanPart[]> {
  const node = ticket.nodes?.find(({ name }) => name === nodeName);
  if (!node) throw new Error(`${ticket.intent.name} has no step ${nodeName}`);
  const { runId, signal } = scope;
  const again = { runId, signal, plannedAt: new Date(plan.plannedAt), dryRun: false };
  return planWork(deps, planningHost(deps, again), node, again);
}

async function planWork(
  deps: PlanningDeps,
  host: Host,
  { work }: TicketNode,
  scope: PlanningScope,
): Promise<readonly PlanPart[]> {
  const parts: PlanPart[] = [];
  for (const { intent, steps } of work) {
    for (const index of steps) {
      const step = intent.steps[index];
      if (!step) throw new Error(`${intent.name} has no step ${index}`);
      parts.push(await planPart(deps, host, intent, index, step, scope));
    }
  }
  return parts;
}
