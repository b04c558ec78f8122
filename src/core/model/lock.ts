import { moment, type Phrase, phrase } from './phrase.js';
import type { Plan } from './plan.js';
import { type Notice, notice } from './reasons.js';
import type { ActorRef } from './request.js';

/** A person's hold on a stack: no run on it begins. */
export interface Lock {
  readonly stack: string;
  readonly holder: ActorRef;
  /** Why, in the holder's words. Hostile text. */
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** When it ends by itself; null: when it is lifted. */
  readonly until: string | null;
}

interface WithStacks {
  readonly stack: string;
  readonly steps: readonly { readonly stack: string }[];
}

/** Every stack that intents are about. */
export function stacksOfIntents(intents: readonly WithStacks[]): readonly string[] {
  return [...new Set(intents.flatMap(({ stack, steps }) => [stack, ...steps.map((step) => step.stack)]))];
}

const STACK_KEY = 'stack:';

/** Every stack that a plan is about or touches. */
export function stacksOfPlan(plan: Plan): readonly string[] {
  const touched = plan.touches.filter((key) => key.startsWith(STACK_KEY));
  return [
    ...new Set([
      plan.stack,
      ...plan.parts.map(({ stack }) => stack),
      ...touched.map((key) => key.slice(STACK_KEY.length)),
    ]),
  ];
}

/** `alice since …, until …: moving disks.` */
export function lockText({ holder, reason, since, until }: Lock): Phrase {
  const end = until === null ? phrase`` : phrase`, until ${moment(until)}`;
  return phrase`${holder.name} since ${moment(since)}${end}: ${reason}`;
}

/** Why a run on this stack can't begin. */
export function lockedNotice(lock: Lock): Notice {
  const wait = lock.until === null ? phrase`Ask` : phrase`Wait, or ask`;
  return notice(
    'stack_locked',
    phrase`${{ code: lock.stack }} is locked by ${lockText(lock)}`,
    phrase`${wait} ${lock.holder.name}, or anybody else with the right ${{ code: 'lock' }}, to unlock it.`,
  );
}
