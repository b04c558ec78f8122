import { inOrder } from '../conditions/order.js';
import { skippedAmong } from '../conditions/skipped.js';
import { impliedIn } from '../intent/implied.js';
import type { Graph, GraphStep } from '../model/graph.js';
import type { Intent } from '../model/intent.js';
import { code, phrase } from '../model/phrase.js';
import { notice } from '../model/reasons.js';
import type { Admission, Refusal, Ticket, TicketNode, TicketWork } from '../model/ticket.js';
import { bindIntent } from './bind-intent.js';

/**
 * The nodes of a ticket whose intent has steps: first what the intent depends on, then its steps, each with the
 * intents that run right before it. The intent itself is bound already.
 * @param at the instant whose day (UTC) the intents may use as `date`
 */
export function bindNodes(ticket: Ticket, at: Date): Admission {
  const { intent, chain, request } = ticket;
  const { graph } = intent;
  if (!graph) throw new Error(`${intent.name} has no steps`);
  const links = new Map(chain.map((link) => [link.name, link]));
  const catalogue = { find: (name: string): Intent | null => links.get(name) ?? null };
  const { before, ofStep } = impliedIn(catalogue, intent);
  const ranIn = (name: string): { doneIn?: string } => {
    const run = request.alreadyRan?.[name];
    return run === undefined ? {} : { doneIn: run };
  };
  const nodes: TicketNode[] = [];
  const nodeOf = namesBefore(before, graph);
  for (const link of before) {
    const work = boundWork(link, {}, at);
    if (!work.ok) return work;
    const needs = link.dependsOn.flatMap((name) => nodeOf.get(name) ?? []);
    const name = nodeOf.get(link.name) ?? link.name;
    nodes.push({ name, needs, when: null, onFailure: 'stop', work: [work], ...ranIn(link.name) });
  }
  const first = [...nodeOf.values()];
  const steps = inOrder(graph.steps);
  const skipped = skippedAmong(steps, request.params);
  for (const step of steps) {
    const { name, when, onFailure } = step;
    const needs = step.needs.length > 0 ? step.needs : first;
    if (skipped.has(name)) {
      nodes.push({ name, needs, when, onFailure, work: [], skipped: true });
      continue;
    }
    const implied = (ofStep.get(name) ?? []).filter((link) => request.alreadyRan?.[link.name] === undefined);
    const work = workOf(step, intent, implied, catalogue, at);
    if (!work.ok) return work;
    nodes.push({
      name,
      needs,
      when,
      onFailure,
      work: work.work,
      ...(isPlain(step) ? ranIn(step.work.intent) : {}),
    });
  }
  return { ok: true, ticket: { ...ticket, nodes } };
}

/** It runs an intent just as that runs by itself. */
function isPlain(step: GraphStep): step is GraphStep & { work: { kind: 'intent'; intent: string } } {
  return step.work.kind === 'intent' && Object.keys(step.work.params).length === 0;
}

type BoundWork = ({ readonly ok: true } & TicketWork) | Refusal;

function boundWork(intent: Intent, given: TicketWork['params'], at: Date, mayAsk = false): BoundWork {
  const bound = bindIntent(intent, given, at, mayAsk);
  return bound.ok ? { ...bound, steps: [...bound.intent.steps.keys()] } : bound;
}

function workOf(
  { name, work }: GraphStep,
  own: Intent,
  implied: readonly Intent[],
  catalogue: { readonly find: (name: string) => Intent | null },
  at: Date,
): { readonly ok: true; readonly work: readonly TicketWork[] } | Refusal {
  if (work.kind === 'action') return { ok: true, work: [{ intent: own, params: {}, steps: [work.step] }] };
  const target = catalogue.find(work.intent);
  if (!target) throw new Error(`The chain of ${own.name} lacks ${work.intent}, which ${name} runs.`);
  const found: TicketWork[] = [];
  for (const link of implied) {
    const bound = boundWork(link, {}, at);
    if (!bound.ok) return inStep(name, bound);
    found.push(bound);
  }
  const bound = boundWork(target, work.params, at, true);
  return bound.ok ? { ok: true, work: [...found, bound] } : inStep(name, bound);
}

/** The same refusal, with the step that it is about. */
function inStep(step: string, { notice: { code: reason, message, remedy } }: Refusal): Refusal {
  return { ok: false, notice: notice(reason, phrase`In the step ${code(step)}: ${message}`, remedy) };
}

/** What the nodes of the intents before the first step are called: like them, unless a step has that name. */
function namesBefore(before: readonly Intent[], { steps }: Graph): ReadonlyMap<string, string> {
  const taken = new Set(steps.map(({ name }) => name));
  const names = new Map<string, string>();
  for (const { name } of before) {
    let free = name;
    while (taken.has(free)) free = `before.${free}`;
    taken.add(free);
    names.set(name, free);
  }
  return names;
}
