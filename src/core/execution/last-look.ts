import { examine } from '../admission/admission.js';
import { checkResume } from '../admission/resume.js';
import { checkUndo } from '../admission/undo.js';
import type { Begun } from '../approval/answers.js';
import { needsApproval } from '../approval/consent-refusals.js';
import { weigh } from '../approval/decisions.js';
import type { Phrase } from '../model/phrase.js';
import { blockersOf } from '../model/plan.js';
import type { Outcome, Run } from '../model/run.js';
import type { StopCause } from '../model/stop-cause.js';
import type { Admission, Ticket } from '../model/ticket.js';
import { changesBetween } from '../planning/changes.js';
import { isSamePlan } from '../planning/fingerprint.js';
import type { Planner } from '../planning/planner.js';
import type { CoreDeps } from '../ports/deps.js';
import { isRunnable } from '../ports/plan-data.js';
import { outcomes, type WhyAsked } from '../records/outcomes.js';

/** What looking once more at a run right before it begins has shown. */
export type LastLook =
  /** It begins with its stored plan. The ticket is of this moment. */
  | { readonly next: 'begin'; readonly ticket: Ticket }
  | { readonly next: 'end'; readonly outcome: Outcome }
  /** It would do something else now than what was shown. */
  | {
      readonly next: 'ask';
      readonly ticket: Ticket;
      readonly why: WhyAsked;
      readonly changes: readonly Phrase[];
    };

/** Plans a run again whose turn has come, and asks again whether it is allowed. */
export async function lastLook(
  deps: CoreDeps,
  planner: Planner,
  run: Run,
  begun: Begun,
  signal: AbortSignal,
): Promise<LastLook> {
  const plannedAt = new Date(run.plan.plannedAt);
  const before = await stillAllowed(deps, run, begun, plannedAt);
  if (!before.ok) return end(outcomes.refused(before.notice));
  const overtaken =
    (await checkUndo(deps, before.ticket.request)) ?? (await checkResume(deps, before.ticket, run.id));
  if (overtaken) return end(outcomes.refused(overtaken));
  if (isOfThisMoment(deps, run, begun)) return { next: 'begin', ticket: before.ticket };
  const now = await planner.plan(before.ticket, run.id, plannedAt, signal);
  if (signal.aborted) return end(outcomes.endedInQueue(signal.reason as StopCause));
  if (!now.ok) return end(now.outcome);
  const blockers = blockersOf(now.plan);
  // Asking again would wait for the same answer once more.
  if (blockers.some(({ code }) => code === 'no_answer')) return end(outcomes.blocked(blockers));
  if (!(await isRunnable(deps, run.plan.parts)))
    return { next: 'ask', ticket: before.ticket, why: 'other_version', changes: [] };
  if (blockers.length > 0 || !isSamePlan(run.plan, now.plan))
    return {
      next: 'ask',
      ticket: before.ticket,
      why: 'changed',
      changes: await changesBetween(deps, run.plan.parts, now.plan.parts),
    };
  // Planning takes its time, and the policy may have changed meanwhile.
  const after = await stillAllowed(deps, run, begun, plannedAt);
  return after.ok ? { next: 'begin', ticket: after.ticket } : end(outcomes.refused(after.notice));
}

/** In ms; after that the world may be another one. */
const MOMENT_MS = 2000;

/** Was it planned just now, without anybody in between, and would planning again cost as much as the work? */
function isOfThisMoment({ executors, now }: CoreDeps, { plan, queuedAt }: Run, { atOnce }: Begun): boolean {
  if (!atOnce || queuedAt === null || plan.parts.length === 0 || plan.undoes !== undefined) return false;
  const waited = now().getTime() - Date.parse(queuedAt);
  return (
    waited >= 0 &&
    waited < MOMENT_MS &&
    plan.parts.every(({ kind }) => executors.get(kind)?.plansOnce === true)
  );
}

function end(outcome: Outcome): LastLook {
  return { next: 'end', outcome };
}

/** The ticket by the intents, rights, rules and locks of this moment, or why the run may not begin. */
async function stillAllowed(
  deps: CoreDeps,
  run: Run,
  { request, waited, press }: Begun,
  plannedAt: Date,
): Promise<Admission> {
  const verdict = await weigh(deps, waited, press, 'name');
  if (verdict.does === 'nothing') return { ok: false, notice: verdict.notice };
  if (verdict.does !== 'begin') return { ok: false, notice: needsApproval(run) };
  // Last, and at once: nothing is waited for between this look at the policy and the answer.
  return examine(deps, request, plannedAt, 'name');
}
