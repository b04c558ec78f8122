import type { PlanGraph } from '../model/graph.js';
import { type Effect, type Plan, type PlanPart, slackOf, workOf } from '../model/plan.js';
import { canonicalJson, sha256 } from '../text/canonical.js';

/** Raised when what a fingerprint covers, or how a plan's data is read, changes between versions. */
const PLAN_FORMAT = 3;
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

/** May `now` run although `shown` was what people confirmed? The same, perhaps with less to delete, and not much more work. */
export function isSamePlan(shown: Plan, now: Plan): boolean {
  if (isMoreWork(shown.parts, now.parts)) return false;
  if (shown.fingerprint === now.fingerprint) return true;
  return (
    deletesLess(shown.parts, now.parts) &&
    fingerprintOf(rest(shown.parts), shown.graph) === fingerprintOf(rest(now.parts), now.graph)
  );
}

/** Do parts that were planned again do what was shown, perhaps with fewer of the deletions that may be fewer? */
export function doTheSame(shown: readonly PlanPart[], now: readonly PlanPart[]): boolean {
  if (fingerprintOf(shown) === fingerprintOf(now)) return true;
  return deletesLess(shown, now) && fingerprintOf(rest(shown)) === fingerprintOf(rest(now));
}

/** Of the deletions that may be fewer, are all of `now` among the shown ones of the same part? */
function deletesLess(shown: readonly PlanPart[], now: readonly PlanPart[]): boolean {
  return now.every((part, index) => {
    const listed = new Set(shown[index]?.effects.flatMap(leavable));
    return part.effects.flatMap(leavable).every((path) => listed.has(path));
  });
}

function leavable(effect: Effect): readonly string[] {
  return effect.kind === 'delete' && effect.atMost ? effect.paths : [];
}

/** The parts without the deletions that may be fewer. */
function rest(parts: readonly PlanPart[]): readonly PlanPart[] {
  return parts.map((part) => ({
    ...part,
    steps: part.steps.filter((step) => !step.deletes),
    effects: part.effects.filter((effect) => effect.kind !== 'delete' || !effect.atMost),
  }));
}

/** Has the work grown by more than is tolerated? */
export function isMoreWork(shown: readonly PlanPart[], now: readonly PlanPart[]): boolean {
  const before = workOf({ parts: shown });
  return workOf({ parts: now }) > Math.max(before * TOLERATED_GROWTH, before + slackOf({ parts: shown }));
}
