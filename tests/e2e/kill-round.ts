import { textOf } from '../../src/playground/driver/text.js';
import { randomOf } from '../contracts/choose.js';
import { processesOf } from './processes.js';
import { type Bot, runIdIn, type Stage } from './stage.js';

export interface Killed {
  readonly id: string;
  readonly state: string;
  /** Milliseconds between Confirm and the kill. */
  readonly killedAfter: number;
  /** Processes that were there after the restart besides the new bot. */
  readonly left: readonly number[];
  /** The run as `chatops show --json` tells it. */
  readonly run: { readonly outcome: { readonly rollBack: string | null } | null };
  /** The new bot, which is there for the next round. */
  readonly next: Bot;
}

/** Where to kill: one random point, always the same, in each of `count` equal parts of a time in ms. */
export function killPoints(count: number, withinMs: number): readonly number[] {
  const random = randomOf(count);
  return Array.from({ length: count }, (_, part) => Math.floor(((part + random()) * withinMs) / count));
}

/** Confirms a run in Discord, kills the bot with SIGKILL `killedAfter` ms later, and lets a new one tidy up. */
export async function killRound(
  stage: Stage,
  bot: Bot,
  command: string,
  options: Record<string, string | number>,
  killedAfter: number,
): Promise<Killed> {
  const alice = stage.discord.as('alice');
  const shown = await alice.slash(command, options).waitForMessage(/Confirm/, { timeoutMs: 20_000 });
  const id = runIdIn(textOf(shown));
  alice.press(shown, 'Confirm');
  await new Promise((resolve) => setTimeout(resolve, killedAfter));
  await bot.kill9();

  // The new bot connects only after it has put right what the dead one left.
  const next = await stage.start();
  const run = await stage.json<Killed['run'] & { state: string }>(['show', id]);
  const left = processesOf(stage.dir).filter((pid) => pid !== next.pid);
  return { id, state: run.state, killedAfter, left, run, next };
}
