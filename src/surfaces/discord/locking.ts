import type { LockWish } from '../../core/access/locks.js';
import type { Conversation } from './conversation.js';
import type { DiscordDeps } from './deps.js';
import { lockedMessage, unlockedMessage } from './render/lock.js';
import { refusal } from './render/notices.js';

type LockingDeps = Pick<DiscordDeps, 'pipeline' | 'redact'>;

/** `/lock`: everybody sees a hold, only the one who asked sees a refusal. */
export async function lockStack(talk: Conversation, deps: LockingDeps, wish: LockWish): Promise<void> {
  const { locks } = deps.pipeline;
  const denied = await locks.whyNotLock(talk.actor, wish);
  await (denied ? talk.thinkPrivately() : talk.think());
  const answer = await locks.lock(talk.actor, 'discord', wish);
  await talk.answer(
    answer.ok ? lockedMessage(deps.redact(answer.lock)) : refusal(deps.redact(answer.notice)),
  );
}

/** `/unlock`, in the same way. */
export async function unlockStack(talk: Conversation, deps: LockingDeps, stack: string): Promise<void> {
  const { locks } = deps.pipeline;
  const denied = await locks.whyNotUnlock(talk.actor, stack);
  await (denied ? talk.thinkPrivately() : talk.think());
  const answer = await locks.unlock(talk.actor, 'discord', stack);
  await talk.answer(
    answer.ok ? unlockedMessage(deps.redact(answer.lock), talk.actor) : refusal(deps.redact(answer.notice)),
  );
}
