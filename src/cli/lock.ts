import { type Lock, lockText } from '../core/model/lock.js';
import type { Context } from './context.js';
import { EXIT, refusal } from './errors.js';
import { clean, type Style, sentence } from './text.js';

/** `chatops lock <stack>`: holds a stack, so that no run on it begins. */
export async function lockCommand(
  { app, deps, out }: Context,
  stack: string,
  options: { readonly reason: string; readonly for?: string },
): Promise<number> {
  const answer = await app.pipeline.locks.lock(deps.operator, 'cli', { stack, ...options });
  if (!answer.ok) throw refusal(answer.notice);
  if (out.json) out.result(answer.lock);
  out.lines([
    `🔒 ${out.style.bold(clean(stack))} is locked by ${sentence(lockText(answer.lock), out.style)}`,
    'Runs on it are refused; one that runs already goes on.',
  ]);
  return EXIT.done;
}

/** `chatops unlock <stack>`: lifts the hold. */
export async function unlockCommand({ app, deps, out }: Context, stack: string): Promise<number> {
  const answer = await app.pipeline.locks.unlock(deps.operator, 'cli', stack);
  if (!answer.ok) throw refusal(answer.notice);
  if (out.json) out.result(answer.lock);
  out.lines([
    `🔓 ${out.style.bold(clean(stack))} is unlocked. It was locked by ${sentence(lockText(answer.lock), out.style)}`,
  ]);
  return EXIT.done;
}

/** The line of a stack's status. */
export function lockLine(lock: Lock, style: Style): string {
  return `🔒 ${style.bold('locked')} by ${sentence(lockText(lock), style)}`;
}
