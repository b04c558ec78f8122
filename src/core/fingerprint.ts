import { canonicalJson, sha256 } from './canonical.js';
import type { PlanGraph } from './graph/graph.js';
import { type Effect, type Plan, type PlanPart, workOf } from './plan.js';

/** Raised when what a fingerprint covers, or how a plan's data is read, changes between versions. */
const PLAN_FORMAT = 1;
/** Work may grow by this factor between preview and run; beyond it, it is another plan. */
const TOLERATED_GROWTH = 1.2;

/**
 * The identity of what was shown: argv, lease keys, target facts (ids, digests, replicas) and the exact
 * deletions of each part, in order, and how the parts wait for each other. Sizes, free space and estimates are left out: they change by the minute.
 */
export function fingerprintOf(parts: readonly PlanPart[], graph?: PlanGraph): string {
  const covered = parts.map((part) => ({
    intent: part.intent,
    kind: part.kind,
    stack: part.stack,
    commands: part.steps.map((step) => step.insteadOf ?? step.commands),
    touches: part.touches,
    targets: part.targets,
    changes: part.effects.filter((effect) => effect.kind !== 'write').map(withoutSizes),
  }));
  return sha256(canonicalJson({ format: PLAN_FORMAT, parts: covered, ...(graph ? { graph } : {}) }));
}

function withoutSizes(effect: Effect): Effect {
  if (effect.kind !== 'delete') return effect;
  const { kind, target, paths } = effect;
  return { kind, target, paths };
}

/** May `now` run although `shown` was what people confirmed? Same fingerprint, and not much more work. */
export function isSamePlan(shown: Plan, now: Plan): boolean {
  return shown.fingerprint === now.fingerprint && !isMoreWork(shown.parts, now.parts);
}

/** Has the work grown by more than is tolerated? */
export function isMoreWork(shown: readonly PlanPart[], now: readonly PlanPart[]): boolean {
  return workOf({ parts: now }) > workOf({ parts: shown }) * TOLERATED_GROWTH;
}
