import { setTimeout as sleep } from 'node:timers/promises';
import type { Asked } from './asker.js';

/** Asks one after the other; resolves with the times to the first answers, in ms. */
export async function oneByOne(ask: () => Asked, count: number, pauseMs = 0): Promise<number[]> {
  const samples: number[] = [];
  for (let asked = 0; asked < count; asked += 1) {
    const { first, full } = ask();
    samples.push(await first);
    await full;
    if (pauseMs > 0) await sleep(pauseMs);
  }
  return samples;
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
