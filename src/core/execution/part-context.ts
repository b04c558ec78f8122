import type { Json, PlanPart } from '../model/plan.js';
import type { ProgressSnapshot, Run } from '../model/run.js';
import type { CoreDeps } from '../ports/deps.js';
import type { Executor, PartResult, RunContext } from '../ports/executor.js';
import type { Host, HostScope } from '../ports/host.js';
import { CHILD } from '../ports/store.js';
import type { RunLog } from '../records/run-log.js';
import type { RunWrites } from '../records/run-writes.js';
import type { RunActivity } from './run-activity.js';

/** What running one part needs of the core. */
export type PartDeps = Pick<
  CoreDeps,
  | 'store'
  | 'executors'
  | 'hosts'
  | 'events'
  | 'redactor'
  | 'secrets'
  | 'log'
  | 'now'
  | 'settings'
  | 'runSlots'
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
  /** The run's; nobody asks where it is left out. */
  readonly activity?: RunActivity;
  /** Told as soon as the executor is done, before anything is written down. */
  readonly onResult?: (result: PartResult) => void;
}

export function executorOf({ executors }: Pick<PartDeps, 'executors'>, { kind }: PlanPart): Executor {
  const executor = executors.get(kind);
  if (!executor) throw new Error(`no executor for ${kind}`);
  return executor;
}

/** A part's context, and the way to end what it still does. */
export interface PartContext {
  readonly context: RunContext;
  /** Ends the commands that are under way, and waits for them; those that put something back go on to their end. */
  readonly cutOff: () => Promise<void>;
}

/** The context in which an executor runs, recovers or undoes one part. */
export function contextFor(
  deps: PartDeps,
  { run, index, part }: PartOfRun,
  scope: PartScope & { readonly remember: (facts: Json) => void },
): PartContext {
  const { events, now } = deps;
  const { writes } = scope;
  const note = (kind: string, data: Json) => writes.note(index, kind, data);
  let step = 0;
  const output = (stream: 'stdout' | 'stderr', line: string): void => {
    events.emit({ type: 'output', runId: run.id, stream, line: scope.log.add(line) });
  };
  const cut = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  const hostScope: HostScope = {
    runId: run.id,
    signal: AbortSignal.any([scope.signal, cut.signal]),
    resolveSecret: deps.secrets.resolve,
    // Nobody's work depends on it: a child that the journal doesn't know is found by the run's mark.
    onChild: (child) => note(CHILD, { ...child }),
    onOutput: output,
    idleMs: deps.settings.deadlines.stallMs,
    ...(scope.activity ? { onSign: scope.activity.hear } : {}),
  };
  const context: RunContext = {
    runId: run.id,
    intent: part.intent,
    origin: part.origin ?? null,
    host: watched(deps.hosts.open(hostScope), underWay),
    signal: scope.signal,
    now,
    journal: (kind, data) => writes.append(index, kind, data, scope.signal),
    note,
    step: (at, state) => {
      step = at;
      events.emit({ type: 'step', runId: run.id, part: index, step: at, state });
      if (state === 'running') scope.progress({ part: index, step: at });
    },
    progress: (update) => scope.progress({ part: index, step, ...update }),
    addArtifact: (artifact) => writes.addArtifact(part, artifact),
    artifactDeleted: (path) => writes.artifactDeleted(part.intent, path),
    output: (line) => output('stdout', line),
    ...(scope.activity ? { outside: scope.activity.during } : {}),
    remember: scope.remember,
    mayBeUndone: run.plan.graph?.nodes.some(({ onFailure }) => onFailure === 'rollback') ?? false,
  };
  const cutOff = async (): Promise<void> => {
    cut.abort();
    await Promise.allSettled(underWay);
  };
  return { context, cutOff };
}

/** The same host; its commands are in `underWay` until they have ended. */
function watched(host: Host, underWay: Set<Promise<unknown>>): Host {
  const watch = async <T>(command: Promise<T>): Promise<T> => {
    underWay.add(command);
    try {
      return await command;
    } finally {
      underWay.delete(command);
    }
  };
  return {
    ...host,
    exec: (argv, options) => watch(host.exec(argv, options)),
    pipe: (argvs, file, options) => watch(host.pipe(argvs, file, options)),
  };
}

/** Of a context whose progress nobody follows: for tidying up and for putting back. */
export function quietScope(
  log: RunLog,
  writes: RunWrites,
): PartScope & { readonly remember: (facts: Json) => void } {
  return { signal: new AbortController().signal, writes, log, progress: () => {}, remember: () => {} };
}
