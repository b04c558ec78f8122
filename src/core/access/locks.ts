import type { AuditEntry } from '../model/audit.js';
import { type Lock, lockedNotice, stacksOfIntents } from '../model/lock.js';
import { code, type Phrase, phrase } from '../model/phrase.js';
import { type Notice, notice } from '../model/reasons.js';
import { type Actor, actorRef, type Source, sameActor } from '../model/request.js';
import type { Refusal } from '../model/ticket.js';
import type { CoreDeps } from '../ports/deps.js';
import { hasHidden } from '../text/characters.js';
import { closest } from '../text/closest.js';
import { parseDuration } from '../text/duration.js';
import { authorize } from './authorize.js';

const LONGEST_REASON = 200;
const LONGEST_MS = 90 * 86_400_000;

/** What somebody says who wants to hold a stack. */
export interface LockWish {
  readonly stack: string;
  readonly reason: string;
  /** How long, as people write it: `30m`, `2h`, `3d`; left out: until it is unlocked. */
  readonly for?: string;
}

export type LockAnswer = { readonly ok: true; readonly lock: Lock } | Refusal;

/** People's holds on stacks. A run that is running goes on; every other one is refused while its stack is held. */
export interface Locks {
  /** Why this actor can't hold the stack that way; null when they can. Changes nothing. */
  whyNotLock(actor: Actor, wish: LockWish): Promise<Notice | null>;
  /** Takes the stack, or changes the actor's own hold on it. */
  lock(actor: Actor, source: Source, wish: LockWish): Promise<LockAnswer>;
  /** Why this actor can't lift the hold on the stack; null when they can. Changes nothing. */
  whyNotUnlock(actor: Actor, stack: string): Promise<Notice | null>;
  /** The answer holds the lock that was lifted. */
  unlock(actor: Actor, source: Source, stack: string): Promise<LockAnswer>;
  /** The holds of now, by stack. */
  list(): Promise<readonly Lock[]>;
  /** The stacks that this actor may hold, sorted. */
  lockable(actor: Actor): readonly string[];
}

type LockDeps = Pick<CoreDeps, 'store' | 'refusals' | 'catalogue' | 'policy' | 'redactor' | 'now'>;

export function createLocks(deps: LockDeps): Locks {
  const { store, catalogue, redactor, now } = deps;
  const list = (): Promise<readonly Lock[]> => store.locks.list(now().toISOString());
  const lockOn = async (stack: string): Promise<Lock | undefined> =>
    (await list()).find((lock) => lock.stack === stack);

  const mayLock = (actor: Actor, stack: string): Notice | null =>
    authorize(deps, actor, 'lock', [{ intent: null, action: null, stack }], { anyTime: true });

  const lockable = (actor: Actor): readonly string[] =>
    [...stacksOfIntents(catalogue.all())].filter((stack) => mayLock(actor, stack) === null).sort();

  const whyNotLock = async (actor: Actor, wish: LockWish): Promise<Notice | null> => {
    const denied = mayLock(actor, wish.stack) ?? faultOf(wish) ?? unknownStack(lockable(actor), wish.stack);
    if (denied) return denied;
    const there = await lockOn(wish.stack);
    return there && !sameActor(there.holder, actor) ? lockedNotice(there) : null;
  };

  const whyNotUnlock = async (actor: Actor, stack: string): Promise<Notice | null> => {
    const there = await lockOn(stack);
    const own = there !== undefined && sameActor(there.holder, actor);
    return (own ? null : mayLock(actor, stack)) ?? (there ? null : notLocked(stack));
  };

  const entry = (event: string, actor: Actor, source: Source, detail: AuditEntry['detail']): AuditEntry => {
    const at = now().toISOString();
    return { at, event, actor: actorRef(actor), source, runId: null, intent: '', detail };
  };

  const refuse = async (actor: Actor, source: Source, stack: string, why: Notice): Promise<Refusal> => {
    const at = now().toISOString();
    await deps.refusals.keep({
      entry: { at, actor: actorRef(actor), source, runId: null, intent: '' },
      reason: why.code,
      detail: { stack: redactor.text(stack).slice(0, LONGEST_REASON) },
    });
    return { ok: false, notice: why };
  };

  return {
    list,
    lockable,
    whyNotLock,
    whyNotUnlock,
    async lock(actor, source, wish) {
      const denied = await whyNotLock(actor, wish);
      if (denied) return refuse(actor, source, wish.stack, denied);
      const since = now();
      const lock: Lock = {
        stack: wish.stack,
        holder: actorRef(actor),
        reason: redactor.text(wish.reason.trim()),
        since: since.toISOString(),
        until:
          wish.for === undefined
            ? null
            : new Date(since.getTime() + (parseDuration(wish.for) ?? 0)).toISOString(),
      };
      const { stack, reason, until } = lock;
      const audit = entry('locked', actor, source, { stack, reason, until });
      if (await store.locks.take(lock, lock.since, audit)) return { ok: true, lock };
      return { ok: false, notice: (await whyNotLock(actor, wish)) ?? notLocked(wish.stack) };
    },
    async unlock(actor, source, stack) {
      const denied = await whyNotUnlock(actor, stack);
      if (denied) return refuse(actor, source, stack, denied);
      const lock = await lockOn(stack);
      const audit = entry('unlocked', actor, source, { stack, holder: lock?.holder.name ?? '' });
      if (lock && (await store.locks.lift(lock, audit))) return { ok: true, lock };
      return { ok: false, notice: notLocked(stack) };
    },
  };
}

/** The first hold on one of these stacks, as the reason why nothing can begin there; null: there is none. */
export async function heldBack(
  { store, now }: Pick<CoreDeps, 'store' | 'now'>,
  stacks: readonly string[],
): Promise<Notice | null> {
  const lock = (await store.locks.list(now().toISOString())).find(({ stack }) => stacks.includes(stack));
  return lock ? lockedNotice(lock) : null;
}

function faultOf({ reason, for: duration }: LockWish): Notice | null {
  const text = reason.trim();
  if (text === '')
    return notice('lock_invalid', phrase`A lock needs a reason.`, phrase`Say why in a few words.`);
  if (text.length > LONGEST_REASON || hasHidden(text)) {
    return notice(
      'lock_invalid',
      phrase`The reason must be one line of at most ${LONGEST_REASON} characters.`,
    );
  }
  const ms = duration === undefined ? 1 : parseDuration(duration);
  if (ms !== null && ms <= LONGEST_MS) return null;
  return notice(
    'lock_invalid',
    phrase`How long the lock should hold is not clear.`,
    phrase`Write it as ${code('30m')}, ${code('2h')} or ${code('3d')}, at most 90 days, or leave it out.`,
  );
}

function unknownStack(known: readonly string[], stack: string): Notice | null {
  if (known.includes(stack)) return null;
  const near = closest(stack, known, 3).flatMap(
    (name, index): Phrase => [index === 0 ? '' : ' or ', code(name)],
  );
  return notice(
    'stack_unknown',
    phrase`No intent belongs to a stack ${code(stack)}.`,
    near.length > 0 ? phrase`Did you mean ${near}?` : undefined,
  );
}

function notLocked(stack: string): Notice {
  return notice('not_locked', phrase`${code(stack)} is not locked.`);
}
