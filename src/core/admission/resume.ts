import { isAnswerable } from '../model/consent.js';
import { hashOfFields } from '../model/fields-hash.js';
import type { PlanNode } from '../model/graph.js';
import { code, type Phrase, phrase } from '../model/phrase.js';
import type { Plan, PlanPart } from '../model/plan.js';
import { type Notice, notice } from '../model/reasons.js';
import type { RunRequest } from '../model/request.js';
import { isFinal, type Run, type RunState, stateText } from '../model/run.js';
import type { Ticket, TicketNode } from '../model/ticket.js';
import type { CoreDeps } from '../ports/deps.js';
import { finishedIn } from '../records/finished.js';
import { MOST_NEWER, newerBegun } from '../records/newer-runs.js';
import { formatCount } from '../text/format.js';
import { bindParams } from './params.js';

type ResumeDeps = { readonly store: { readonly runs: Pick<CoreDeps['store']['runs'], 'get' | 'list'> } };

/** States in which a run with steps has ended early, so that the rest can be done. */
const RESUMABLE: readonly RunState[] = ['failed', 'cancelled', 'interrupted', 'plan_changed'];

/** The request with the parameters of the run that it resumes. Whether it may be resumed is asked later. */
export async function asResumed({ store }: ResumeDeps, request: RunRequest): Promise<RunRequest> {
  if (request.resumes === undefined) return request;
  const run = await store.runs.get(request.resumes);
  if (run?.intent !== request.intent) return request;
  return { ...request, params: run.params, previous: request.previous ?? run.id };
}

/**
 * It ended in the middle by itself: the rest can be done. After a change in the middle a newer run waits for that,
 * unless nobody could answer it.
 */
export function canResume(run: Run): boolean {
  return (run.state !== 'plan_changed' || !isAnswerable(run)) && whyNot(run) === null;
}

/**
 * May the run that the ticket names be resumed? Null means yes, or that the ticket is no such wish.
 * @param self the run that asks, when it is recorded already
 */
export async function checkResume(deps: ResumeDeps, ticket: Ticket, self?: string): Promise<Notice | null> {
  const { resumes } = ticket.request;
  if (resumes === undefined) return null;
  const run = await deps.store.runs.get(resumes);
  if (!run || run.intent !== ticket.intent.name) {
    return refuse(resumes, phrase`there is no such run of ${code(ticket.intent.name)}`);
  }
  const why = whyNot(run);
  if (why) return refuse(run.id, why.what, why.remedy);
  return (await changedSince(deps, run, ticket)) ?? (await resumedAlready(deps, run, self));
}

function whyNot(run: Run): { readonly what: Phrase; readonly remedy?: Phrase } | null {
  const { plan, state, intent } = run;
  const again = phrase`Ask for ${code(intent)} anew.`;
  if (!isFinal(state)) {
    if (run.dryRun) return { what: phrase`it was a dry run`, remedy: again };
    return {
      what: phrase`it has not ended: it is ${stateText(state)}`,
      remedy: phrase`Answer or stop it first.`,
    };
  }
  if (!plan.graph) return { what: phrase`it has no steps of its own`, remedy: again };
  if (state === 'succeeded') return { what: phrase`all of it is done`, remedy: again };
  if (state === 'rolled_back') return { what: phrase`what it did was put back`, remedy: again };
  const finished = finishedIn(run);
  if (!RESUMABLE.includes(state) || run.startedAt === null || finished.size === 0) {
    return { what: phrase`no step of it has finished`, remedy: again };
  }
  if (finished.size === plan.graph.nodes.length)
    return { what: phrase`all its steps are done`, remedy: again };
  return null;
}

/** An earlier run's plan, and the steps by the intents of now. */
interface Earlier {
  readonly plan: Plan | null;
  readonly nodes: ReadonlyMap<string, TicketNode>;
}

/** With the day on which that run was planned: a `date` among the values makes no other step. */
function earlierOf(run: Run | null, ticket: Ticket): Earlier {
  const plan = run?.plan ?? null;
  const bound = plan ? bindParams(ticket, new Date(plan.plannedAt)) : null;
  const { nodes = [] } = bound?.ok ? bound.ticket : ticket;
  return { plan, nodes: new Map(nodes.map((node) => [node.name, node])) };
}

/** Every finished step must still be there, and do the same thing. */
async function changedSince({ store }: ResumeDeps, run: Run, ticket: Ticket): Promise<Notice | null> {
  const { intent } = ticket;
  const earlier = new Map<string, Earlier>([[run.id, earlierOf(run, ticket)]]);
  for (const [name, { state, doneIn }] of finishedIn(run)) {
    const then = earlier.get(doneIn) ?? earlierOf(await store.runs.get(doneIn), ticket);
    earlier.set(doneIn, then);
    const node = then.nodes.get(name);
    const before = then.plan?.graph?.nodes.find((one) => one.name === name);
    if (node && (state === 'skipped' || (before && isSameWork(node, before, then.plan?.parts ?? []))))
      continue;
    return refuse(
      run.id,
      node
        ? phrase`the step ${code(name)}, which it finished, does something else now`
        : phrase`the step ${code(name)}, which it finished, is no step of ${code(intent.name)} any more`,
      phrase`Ask for ${code(intent.name)} anew.`,
    );
  }
  return null;
}

function isSameWork(node: TicketNode, before: PlanNode, parts: readonly PlanPart[]): boolean {
  if (node.skipped) return true;
  const now = node.work.flatMap(({ intent, steps }) =>
    steps.map((index) => ({ intent: intent.name, step: intent.steps[index] })),
  );
  return now.length === before.parts.length && now.every(isSame);

  function isSame({ intent, step }: (typeof now)[number], at: number): boolean {
    const part = parts[before.parts[at] ?? -1];
    if (!part || !step || part.intent !== intent) return false;
    if (part.kind !== step.kind || part.stack !== step.stack) return false;
    return part.fieldsHash === undefined || part.fieldsHash === hashOfFields(step);
  }
}

/** Runs that went on from this one, or from one that did, newest first. Null when that can't be found out. */
async function goneOn(deps: ResumeDeps, run: Run, self?: string): Promise<readonly Run[] | null> {
  const from = new Map([[run.id, run]]);
  const newer = await newerBegun(deps, run);
  for (const other of newer ?? []) {
    if (other.id !== self && from.has(other.plan.resumes ?? '')) from.set(other.id, other);
  }
  return newer && [...from.values()].slice(1).reverse();
}

/** A run that went on from this one and did more is the one to resume. */
async function resumedAlready(deps: ResumeDeps, run: Run, self?: string): Promise<Notice | null> {
  const since = await goneOn(deps, run, self);
  if (since === null) {
    return refuse(
      run.id,
      phrase`${code(run.intent)} has run so often since, over ${formatCount(MOST_NEWER, 'time')}, that nobody can say what of it was done meanwhile`,
      phrase`Ask for ${code(run.intent)} anew.`,
    );
  }
  for (const other of since) {
    const { id } = other;
    const message = (what: Phrase): Phrase =>
      phrase`${code(id)} has resumed ${code(run.id)} already, and ${what}.`;
    if (other.state === 'running') {
      return notice('resumed_already', message(phrase`still runs`), phrase`Wait for it, or stop it.`);
    }
    if (other.state === 'succeeded') {
      return notice('resumed_already', message(phrase`did the rest`), phrase`Nothing is left to do.`);
    }
    if (finishedIn(other).size > finishedIn(run).size) {
      return notice('resumed_already', message(phrase`did more`), phrase`Resume ${code(id)} instead.`);
    }
  }
  return null;
}

function refuse(runId: string, what: Phrase, remedy?: Phrase): Notice {
  return notice('not_resumable', phrase`${code(runId)} can’t be resumed: ${what}.`, remedy);
}
