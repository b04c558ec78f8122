import type { CoreDeps } from './deps.js';
import type { Executor, PartResult, RunContext } from './executor.js';
import type { PastPart } from './history.js';
import type { HostScope } from './host.js';
import { PART_ENDED, PART_STARTED } from './journal.js';
import { watchPart } from './part-watch.js';
import type { Json, PlanPart } from './plan.js';
import { stepOfPart } from './planning.js';
import type { ProgressSnapshot, Run } from './run.js';
import type { RunLog } from './run-log.js';
import type { RunWrites } from './run-writes.js';
import { CHILD } from './store.js';
import { rollBack } from './undo.js';

/** What running one part needs of the core. */
export type PartDeps = Pick<
  CoreDeps,
  'store' | 'executors' | 'hosts' | 'events' | 'redactor' | 'secrets' | 'log' | 'now' | 'settings'
>;

/** One part of a run's plan. */
export interface PartOfRun {
  readonly run: Run;
  /** Its place in the plan. */
  readonly index: number;
  /** As it is run: what was planned, or what was found when it was planned again right before. */
  readonly part: PlanPart;
}

/** What a part's context is bound to. */
export interface PartScope {
  readonly signal: AbortSignal;
  /** The run's. */
  readonly writes: RunWrites;
  readonly log: RunLog;
  readonly progress: (snapshot: ProgressSnapshot) => void;
  /** Told as soon as the executor is done, before anything is written down. */
  readonly onResult?: (result: PartResult) => void;
}

/** Runs one part and journals its beginning and its end. Throws only when the executor has a bug. */
export async function runPart(deps: PartDeps, of: PartOfRun, scope: PartScope): Promise<PartResult> {
  const { run, index, part } = of;
  const executor = executorOf(deps, part);
  const facts: { remembered?: Json } = {};
  const context = contextFor(deps, of, { ...scope, remember: (json) => (facts.remembered = json) });
  const watch = watchPart(part, context);
  await context.journal(PART_STARTED, startedData(of));
  const result =
    run.plan.undoes === undefined
      ? await executor.run(part, watch.context)
      : await rollBack(deps, run.plan.undoes, { executor, part, index }, context);
  scope.onResult?.(result);
  await context.note(PART_ENDED, result.state);
  if (result.state === 'succeeded' && run.plan.undoes === undefined) {
    const step = stepOfPart(run.plan, index);
    await keepPast(deps, part.intent, step, watch.past());
    if (facts.remembered !== undefined) await deps.store.runs.remember(part.intent, step, facts.remembered);
  }
  return result;
}

export function executorOf({ executors }: Pick<PartDeps, 'executors'>, { kind }: PlanPart): Executor {
  const executor = executors.get(kind);
  if (!executor) throw new Error(`no executor for ${kind}`);
  return executor;
}

/** A part that is run as it was found just now, and not as it was planned, is kept with its beginning. */
function startedData({ run, index, part }: PartOfRun): Json {
  return run.plan.parts[index] === part ? null : (part as unknown as Json);
}

/** The next estimate is no reason to fail a run that did its work. */
async function keepPast(
  { store, log }: PartDeps,
  intent: string,
  step: number,
  past: PastPart,
): Promise<void> {
  try {
    await store.history.add(intent, step, past);
  } catch (error) {
    log.warn({ err: error, runId: past.runId }, 'how long the run took could not be kept');
  }
}

/** The context in which an executor runs, recovers or undoes one part. */
export function contextFor(
  deps: PartDeps,
  { run, index, part }: PartOfRun,
  scope: PartScope & { readonly remember: (facts: Json) => void },
): RunContext {
  const { events, now } = deps;
  const { writes } = scope;
  const note = (kind: string, data: Json) => writes.note(index, kind, data);
  let step = 0;
  const output = (stream: 'stdout' | 'stderr', line: string): void => {
    scope.log.add(line);
    events.emit({ type: 'output', runId: run.id, stream, line: deps.redactor.text(line) });
  };
  const hostScope: HostScope = {
    runId: run.id,
    signal: scope.signal,
    resolveSecret: deps.secrets.resolve,
    // Nobody's work depends on it: a child that the journal doesn't know is found by the run's mark.
    onChild: (child) => note(CHILD, { ...child }),
    onOutput: output,
    idleMs: deps.settings.deadlines.stallMs,
  };
  return {
    runId: run.id,
    intent: part.intent,
    host: deps.hosts.open(hostScope),
    signal: scope.signal,
    now,
    journal: (kind, data) => writes.append(index, kind, data),
    note,
    step: (at, state) => {
      step = at;
      events.emit({ type: 'step', runId: run.id, part: index, step: at, state });
      if (state === 'running') scope.progress({ part: index, step: at });
    },
    progress: (update) => scope.progress({ part: index, step, ...update }),
    addArtifact: (artifact) => writes.addArtifact(part.intent, artifact),
    artifactDeleted: (path) => writes.artifactDeleted(part.intent, path),
    output: (line) => output('stdout', line),
    remember: scope.remember,
  };
}

/** Of a context whose progress nobody follows: for tidying up and for putting back. */
export function quietScope(
  log: RunLog,
  writes: RunWrites,
): PartScope & { readonly remember: (facts: Json) => void } {
  return { signal: new AbortController().signal, writes, log, progress: () => {}, remember: () => {} };
}
