import { hashOfFields } from '../model/fields-hash.js';
import { downIn } from '../model/incident.js';
import type { Intent, IntentStep } from '../model/intent.js';
import { keysOf, originOf } from '../model/origin.js';
import type { Pending } from '../model/pending.js';
import type { PlanPart } from '../model/plan.js';
import type { CoreDeps } from '../ports/deps.js';
import type { Executor, PlanContext } from '../ports/executor.js';
import type { Host } from '../ports/host.js';
import { expectedOf, workOfPart } from './estimate.js';
import { answeringHost, blindDraft, unanswered, unlessAborted } from './unanswered.js';

export type PlanningDeps = Pick<
  CoreDeps,
  'store' | 'executors' | 'hosts' | 'redactor' | 'secrets' | 'planningSlot' | 'settings'
>;

/** How long after its plan was given up an executor is waited for, in ms. */
const GIVE_UP_MS = 1000;

/** What planning needs to know of the run it plans for. */
export interface PlanningScope {
  readonly runId: string;
  /** The instant of the first plan; planning again passes the same one. */
  readonly plannedAt: Date;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Is told what has not answered yet. */
  readonly pending?: Pending | undefined;
}

/** The host through which a plan looks at the world. */
export function planningHost(
  deps: PlanningDeps,
  { runId, signal, pending }: Pick<PlanningScope, 'runId' | 'signal' | 'pending'>,
): Host {
  const idleMs = deps.settings.deadlines.probeMs;
  const host = deps.hosts.open({
    runId,
    signal,
    onlyLooks: true,
    resolveSecret: deps.secrets.resolve,
    onChild: async () => {},
    onOutput: () => {},
    idleMs,
  });
  // Nothing that only looks needs its end, or may be silent for longer than any other look.
  const exec: Host['exec'] = (argv, options) =>
    host.exec(argv, { idleMs, ...options, uninterruptible: false });
  return answeringHost({ ...host, exec }, deps.hosts, pending);
}

const PATH = 'path:';

/** The hosts, services and mounts that planning the step asks. */
export async function placesOf(
  { hosts }: Pick<CoreDeps, 'hosts'>,
  { places }: Executor,
  { kind, fields, stack }: IntentStep,
): Promise<readonly string[]> {
  const named = places?.(fields) ?? [`${kind} ${stack}`];
  const found = await Promise.all(
    named.map((place) => (place.startsWith(PATH) ? hosts.placeOf(place.slice(PATH.length)) : place)),
  );
  return found.filter((place) => place !== null);
}

/** Asks the executor of one step of an intent what it would do. `index`: which of the intent's own steps. */
export async function planPart(
  deps: PlanningDeps,
  host: Host,
  intent: Intent,
  index: number,
  step: IntentStep,
  scope: PlanningScope,
): Promise<PlanPart> {
  const executor = deps.executors.get(step.kind);
  if (!executor) throw new Error(`no executor for ${step.kind}, which admission should have refused`);
  const keys = keysOf(step);
  const legacy = keys.isPlain ? { intent: intent.name, part: index } : null;
  let artifacts: ReturnType<PlanContext['artifacts']> | null = null;
  const context: PlanContext = {
    intent: intent.name,
    stack: step.stack,
    label: step.taken?.label ?? '',
    host,
    signal: scope.signal,
    plannedAt: scope.plannedAt,
    dryRun: scope.dryRun,
    hasSecret: deps.secrets.has,
    artifacts: () => {
      artifacts ??= deps.store.artifacts.belonging(keys.key, keys.before, keys.isPlain ? intent.name : null);
      return artifacts;
    },
    neighbours: (folder) => deps.store.artifacts.below(folder),
    remembered: () => deps.store.runs.remembered(keys, legacy),
    leftDown: async () =>
      new Set((await deps.store.incidents.unwell()).flatMap((one) => downIn(one).map(({ key }) => key))),
  };
  const ask = () =>
    unlessAborted(scope.signal, GIVE_UP_MS, executor.plan(step.fields, context)).catch((error: unknown) =>
      blindDraft(step.stack, unanswered(error)),
    );
  const draft = executor.asksElsewhere
    ? await ask()
    : await deps.planningSlot(await placesOf(deps, executor, step), ask, scope.signal);
  return {
    intent: intent.name,
    kind: step.kind,
    action: step.action,
    stack: step.stack,
    step: index,
    fieldsHash: hashOfFields(step),
    ...draft,
    origin: originOf(step),
    ...(executor.data ? { dataVersion: executor.data.version } : {}),
    expected: expectedOf(await deps.store.history.past(keys, legacy), workOfPart(draft)),
    warnings: deps.redactor.told(draft.warnings),
    blockers: deps.redactor.told(draft.blockers),
  };
}
