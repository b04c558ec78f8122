import { setTimeout as sleep } from 'node:timers/promises';
import type { Asked } from './asker.js';
import { permuted } from './subjects.js';

/**
 * Asks one after the other and all of them in turn, each `count` times: whatever the machine does meanwhile, and what
 * one leaves to be done after its answer, falls on all about alike. Resolves with the times to the first answers, in
 * ms, of each asker.
 */
export async function inTurn(
  asks: readonly (() => Asked)[],
  count: number,
  pauseMs: number,
): Promise<readonly (readonly number[])[]> {
  const asked = asks.map((ask) => ({ ask, ms: [] as number[] }));
  for (let round = 0; round < count; round += 1) {
    for (const { ask, ms } of permuted(asked, round)) {
      const { first, full } = ask();
      ms.push(await first);
      await full;
      if (pauseMs > 0) await sleep(pauseMs);
    }
  }
  return asked.map(({ ms }) => ms);
}

/** Keeps that many questions open for so long; resolves with how many were answered. */
export async function sustained(ask: () => Asked, inFlight: number, ms: number): Promise<number> {
  const end = performance.now() + ms;
  let answers = 0;
  const asker = async (): Promise<void> => {
    while (performance.now() < end) {
      await ask().first;
      answers += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, asker));
  return answers;
}

/** Asks all at once; resolves with the time to the last first answer, in ms, when all is said. */
export async function burst(ask: () => Asked, count: number): Promise<number> {
  const asked = Array.from({ length: count }, ask);
  const firsts = await Promise.all(asked.map(({ first }) => first));
  await Promise.all(asked.map(({ full }) => full));
  return Math.max(...firsts);
}
