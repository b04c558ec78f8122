import type { CoreDeps } from './deps.js';
import type { PartResult, RunContext } from './executor.js';
import type { PastPart } from './history.js';
import type { HostScope } from './host.js';
import { PART_ENDED, PART_STARTED } from './journal.js';
import { slowRunLine } from './pace-wording.js';
import { watchPart } from './part-watch.js';
import { type Phrase, phrase } from './phrase.js';
import type { Json, PlanPart } from './plan.js';
import { stepOfPart } from './planning.js';
import type { Notice } from './reasons.js';
import type { Outcome, ProgressSnapshot, Run } from './run.js';
import { RunLog } from './run-log.js';
import { CHILD } from './store.js';
import { rollBack } from './undo.js';

/** How often a running run's progress and log are written to the store, in ms. */
const SAVE_EVERY = 2000;
/** Lines of the tools' output that an unsuccessful outcome quotes. */
const TAIL_LINES = 15;

type ExecutionDeps = Pick<
  CoreDeps,
  'store' | 'executors' | 'hosts' | 'events' | 'redactor' | 'secrets' | 'log' | 'now'
>;

/**
 * Runs the stored plan part by part, and stops at the first one that does not succeed.
 * Returns the outcome; throws only when an executor has a bug.
 */
export async function execute(deps: ExecutionDeps, run: Run, signal: AbortSignal): Promise<Outcome> {
  const log = new RunLog(deps.redactor.text);
  const saver = startSaver(deps, run.id, log);
  try {
    const results: PartResult[] = [];
    for (const [index, part] of run.plan.parts.entries()) {
      const result = signal.aborted
        ? STOPPED_BETWEEN_PARTS
        : await runPart(deps, run, index, part, { signal, log, progress: saver.progress });
      results.push(result);
      if (result.state !== 'succeeded') break;
    }
    return outcomeOf(run, results, log, deps.now());
  } finally {
    await saver.end();
  }
}

const STOPPED_BETWEEN_PARTS: PartResult = {
  state: 'cancelled',
  reason: 'stopped',
  summary: [],
  warnings: [],
};

interface PartScope {
  readonly signal: AbortSignal;
  readonly log: RunLog;
  readonly progress: (snapshot: ProgressSnapshot) => void;
}

async function runPart(
  deps: ExecutionDeps,
  run: Run,
  index: number,
  part: PlanPart,
  scope: PartScope,
): Promise<PartResult> {
  const executor = deps.executors.get(part.kind);
  if (!executor) throw new Error(`no executor for ${part.kind}`);
  const facts: { remembered?: Json } = {};
  const context = contextFor(deps, run, index, part, {
    ...scope,
    remember: (json) => (facts.remembered = json),
  });
  const watch = watchPart(part, context);
  await context.journal(PART_STARTED, null);
  const result =
    run.plan.undoes === undefined
      ? await executor.run(part, watch.context)
      : await rollBack(deps, run.plan.undoes, executor, part, context);
  await context.journal(PART_ENDED, result.state);
  if (result.state === 'succeeded' && run.plan.undoes === undefined) {
    const step = stepOfPart(run.plan, index);
    await keepPast(deps, part.intent, step, watch.past());
    if (facts.remembered !== undefined) await deps.store.runs.remember(part.intent, step, facts.remembered);
  }
  return result;
}

/** The next estimate is no reason to fail a run that did its work. */
async function keepPast(
  { store, log }: ExecutionDeps,
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

/** The context in which an executor runs or recovers one part. */
export function contextFor(
  deps: ExecutionDeps,
  run: Run,
  index: number,
  part: PlanPart,
  scope: PartScope & { readonly remember: (facts: Json) => void },
): RunContext {
  const { store, events, now } = deps;
  const journal = (kind: string, data: Json) => store.runs.appendJournal(run.id, index, kind, data);
  let step = 0;
  const output = (stream: 'stdout' | 'stderr', line: string): void => {
    scope.log.add(line);
    events.emit({ type: 'output', runId: run.id, stream, line: deps.redactor.text(line) });
  };
  const hostScope: HostScope = {
    runId: run.id,
    signal: scope.signal,
    resolveSecret: deps.secrets.resolve,
    onChild: (child) => journal(CHILD, { ...child }),
    onOutput: output,
  };
  return {
    runId: run.id,
    intent: part.intent,
    host: deps.hosts.open(hostScope),
    signal: scope.signal,
    now,
    journal,
    step: (at, state) => {
      step = at;
      events.emit({ type: 'step', runId: run.id, part: index, step: at, state });
      if (state === 'running') scope.progress({ part: index, step: at });
    },
    progress: (update) => scope.progress({ part: index, step, ...update }),
    addArtifact: (artifact) =>
      store.artifacts.add({ ...artifact, runId: run.id, intent: part.intent, deletedAt: null }),
    artifactDeleted: (path) => store.artifacts.markDeleted(part.intent, path, now().toISOString()),
    output: (line) => output('stdout', line),
    remember: scope.remember,
  };
}

/** Emits each progress at once, and saves the latest with the log every {@link SAVE_EVERY} ms. */
function startSaver(deps: ExecutionDeps, runId: string, log: RunLog) {
  let latest: ProgressSnapshot | null = null;
  const save = async (): Promise<void> => {
    const progress = latest;
    latest = null;
    try {
      if (progress) await deps.store.runs.patch(runId, { progress });
      if (log.changed) await deps.store.runs.writeLog(runId, log.text());
    } catch (error) {
      deps.log.warn({ err: error, runId }, 'progress could not be saved');
    }
  };
  const timer = setInterval(() => void save(), SAVE_EVERY);
  return {
    progress: (snapshot: ProgressSnapshot): void => {
      const clean = deps.redactor.data(snapshot);
      latest = clean;
      deps.events.emit({ type: 'progress', runId, progress: clean });
    },
    end: (): Promise<void> => {
      clearInterval(timer);
      return save();
    },
  };
}

function outcomeOf(run: Run, results: readonly PartResult[], log: RunLog, now: Date): Outcome {
  const last = results.at(-1);
  if (!last) throw new Error('a plan without parts was run');
  const failed = last.state !== 'succeeded';
  const summary = results.flatMap((result) => result.summary);
  return {
    state: last.state,
    reason: failed ? last.reason : 'done',
    summary: [...summary, ...(failed ? notStarted(run, results.length) : slower(run, now))],
    ...(last.next ? { next: last.next } : {}),
    warnings: results.flatMap((result): readonly Notice[] => result.warnings),
    tail: failed ? log.last(TAIL_LINES) : [],
  };
}

function slower({ plan, startedAt }: Run, now: Date): readonly Phrase[] {
  const line = startedAt === null ? null : slowRunLine(plan, now.getTime() - Date.parse(startedAt));
  return line === null ? [] : [line];
}

function notStarted(run: Run, begun: number): Phrase[] {
  const total = run.plan.parts.length;
  if (begun >= total) return [];
  return [phrase`This was step ${begun} of ${total}; the later ones were not started.`];
}
