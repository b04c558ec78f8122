import { canonicalJson, sha256 } from './canonical.js';
import type { CoreDeps } from './deps.js';
import { expectedOf, workOfPart } from './estimate.js';
import type { PlanContext } from './executor.js';
import type { Host } from './host.js';
import type { Intent, IntentStep } from './intent/intent.js';
import type { PlanPart } from './plan.js';

export type PlanningDeps = Pick<CoreDeps, 'store' | 'executors' | 'hosts' | 'redactor' | 'secrets'>;

/** What planning needs to know of the run it plans for. */
export interface PlanningScope {
  readonly runId: string;
  /** The instant of the first plan; planning again passes the same one. */
  readonly plannedAt: Date;
  readonly signal: AbortSignal;
}

/** The host through which a plan looks at the world. */
export function planningHost(deps: PlanningDeps, { runId, signal }: Omit<PlanningScope, 'plannedAt'>): Host {
  return deps.hosts.open({
    runId,
    signal,
    resolveSecret: deps.secrets.resolve,
    onChild: async () => {},
    onOutput: () => {},
  });
}

/** By what two steps of the same kind do the same. */
export function hashOfFields({ fields }: IntentStep): string {
  return sha256(canonicalJson(fields));
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
    kind: step.kind,
    action: step.action,
    stack: step.stack,
    step: index,
    fieldsHash: hashOfFields(step),
    ...draft,
    expected: expectedOf(await deps.store.history.past(intent.name, index), workOfPart(draft)),
    warnings: deps.redactor.data(draft.warnings),
    blockers: deps.redactor.data(draft.blockers),
  };
}
