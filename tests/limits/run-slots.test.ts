import { expect, test } from '@jest/globals';
import { createRunSlots } from '../../src/limits/run-slots.js';

const never = new AbortController().signal;
let ids = 0;
const id = (): string => `r${++ids}`;

test('as many as there are places, the others in the order of asking', async () => {
  const slots = createRunSlots(() => 2);
  const began: number[] = [];
  const held = [1, 2, 3, 4].map(async (number) => {
    const free = await slots.take(id(), never);
    began.push(number);
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
  const free = await slots.take(id(), never);
  const stop = new AbortController();
  const given = slots.take(id(), stop.signal);
  const next = slots.take(id(), never);
  stop.abort();
  expect(await given).toBeNull();
  free?.();
  expect(await next).toBeInstanceOf(Function);
});

test('a number that was changed holds for the next one', async () => {
  let atOnce = 1;
  const slots = createRunSlots(() => atOnce);
  await slots.take(id(), never);
  atOnce = 2;
  expect(await slots.take(id(), never)).toBeInstanceOf(Function);
});

test('one that only waits for what hangs leaves room for others, and counts again when it goes on', async () => {
  const slots = createRunSlots(() => 1);
  const leave = await slots.take('hangs', never);
  const began: string[] = [];
  const second = slots.take('second', never).then((free) => {
    began.push('second');
    return free;
  });
  await Promise.resolve();
  expect(began).toEqual([]);
  slots.rest('hangs', true);
  const freeSecond = await second;
  expect(slots.free).toBe(false);
  slots.rest('hangs', false);
  const third = slots.take('third', never);
  freeSecond?.();
  // The first one is at work again, and one may be.
  expect(slots.free).toBe(false);
  leave?.();
  expect(await third).toBeInstanceOf(Function);
});

test('however many hang, there is an end to it', async () => {
  const slots = createRunSlots(() => 2);
  const places: ((() => void) | null)[] = [];
  for (let one = 0; one < 16; one += 1) {
    const run = id();
    places.push(await slots.take(run, never));
    slots.rest(run, true);
  }
  expect(slots.free).toBe(false);
  const late = slots.take(id(), never);
  places[0]?.();
  expect(await late).toBeInstanceOf(Function);
});

test('what is said of a run without a place changes nothing', async () => {
  const slots = createRunSlots(() => 1);
  slots.rest('nobody', true);
  await slots.take(id(), never);
  expect(slots.free).toBe(false);
});
