import { attendedOf } from './attended.js';
import type { Plan } from './plan.js';
import { type Actor, actorRef, type RunRequest } from './request.js';
import type { Run } from './run.js';
import type { Ticket } from './ticket.js';

/** A run as it is first recorded. */
export function newRun(
  id: string,
  { request, intent }: Ticket,
  plan: Plan,
  more: Pick<Run, 'createdAt' | 'owner' | 'shown' | 'consent'>,
): Run {
  return {
    id,
    intent: intent.name,
    action: intent.action,
    stack: intent.stack,
    params: request.params,
    actor: actorRef(request.actor),
    source: request.source,
    dryRun: request.dryRun,
    state: 'planned',
    expiresAt: null,
    decidedBy: null,
    queuedAt: null,
    startedAt: null,
    finishedAt: null,
    plan,
    outcome: null,
    progress: null,
    reported: false,
    stopRequestedBy: null,
    previous: request.previous ?? null,
    ...more,
  };
}

/** The request that leads to the same run again, asked by `actor`. */
export function requestOf(
  run: Pick<Run, 'intent' | 'params' | 'source' | 'plan' | 'shown'>,
  actor: Actor,
): RunRequest {
  const { intent, params, source, plan } = run;
  const undoes = plan.undoes === undefined ? {} : { undoes: plan.undoes };
  const resumes = plan.resumes === undefined ? {} : { resumes: plan.resumes };
  const alreadyRan = plan.alreadyRan === undefined ? {} : { alreadyRan: plan.alreadyRan };
  const kept = { ...undoes, ...resumes, ...alreadyRan, ...attendedOf(run) };
  return { intent, params, actor, source, dryRun: false, ...kept };
}
