import { randomInt } from 'node:crypto';
import { textOf } from '../../src/playground/driver/text.js';
import { processesOf } from './processes.js';
import { runIdIn, type Stage } from './stage.js';

export interface Killed {
  readonly id: string;
  readonly state: string;
  /** Milliseconds between Confirm and the kill. */
  readonly killedAfter: number;
  /** Processes that were there after the restart besides the new bot. */
  readonly left: readonly number[];
  /** The run as `chatops show --json` tells it. */
  readonly run: { readonly outcome: { readonly rollBack: string | null } | null };
}

/** Confirms a run in Discord, kills the bot with SIGKILL after a random time, and lets a new one tidy up. */
export async function killRound(
  stage: Stage,
  command: string,
  options: Record<string, string | number>,
  withinMs: number,
): Promise<Killed> {
  const bot = await stage.start();
  const alice = stage.discord.as('alice');
  const shown = await alice.slash(command, options).waitForMessage(/Confirm/, { timeoutMs: 20_000 });
  const id = runIdIn(textOf(shown));
  const killedAfter = randomInt(withinMs);
  alice.press(shown, 'Confirm');
  await new Promise((resolve) => setTimeout(resolve, killedAfter));
  await bot.kill9();

  // The new bot connects only after it has put right what the dead one left.
  const next = await stage.start();
  const run = await stage.json<Killed['run'] & { state: string }>(['show', id]);
  const left = processesOf(stage.dir).filter((pid) => pid !== next.pid);
  await next.kill9();
  return { id, state: run.state, killedAfter, left, run };
}
