import { expect, test } from '@jest/globals';
import { createRunSlots } from '../../src/limits/run-slots.js';

const never = new AbortController().signal;

test('as many as there are places, the others in the order of asking', async () => {
  const slots = createRunSlots(() => 2);
  const began: number[] = [];
  const held = [1, 2, 3, 4].map(async (id) => {
    const free = await slots.take(never);
    began.push(id);
    return free;
  });
  const [first, second] = await Promise.all([held[0], held[1]]);
  expect(began).toEqual([1, 2]);
  expect(slots.free).toBe(false);
  first?.();
  const third = await held[2];
  expect(began).toEqual([1, 2, 3]);
  second?.();
  third?.();
  (await held[3])?.();
  expect(began).toEqual([1, 2, 3, 4]);
});

test('who gives up while waiting is let go at once, and takes no place later', async () => {
  const slots = createRunSlots(() => 1);
  const free = await slots.take(never);
  const stop = new AbortController();
  const given = slots.take(stop.signal);
  const next = slots.take(never);
  stop.abort();
  expect(await given).toBeNull();
  free?.();
  expect(await next).toBeInstanceOf(Function);
});

test('a number that was changed holds for the next one', async () => {
  let atOnce = 1;
  const slots = createRunSlots(() => atOnce);
  await slots.take(never);
  atOnce = 2;
  expect(await slots.take(never)).toBeInstanceOf(Function);
});
