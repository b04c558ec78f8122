import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { latestWins } from '../../../src/surfaces/discord/latest-wins.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** Writes that take `ms` and note the state that they saw. */
function writer(ms: number) {
  const seen: { value: number; at: number }[] = [];
  const state = { value: 0, underWay: 0, most: 0 };
  const write = async (): Promise<void> => {
    state.underWay += 1;
    state.most = Math.max(state.most, state.underWay);
    seen.push({ value: state.value, at: performance.now() });
    await new Promise((resolve) => setTimeout(resolve, ms));
    state.underWay -= 1;
  };
  return { seen, state, write };
}

test('a burst becomes one write now and one with the last state later', async () => {
  const { seen, state, write } = writer(0);
  const drawing = latestWins(write, 2000);
  for (let value = 1; value <= 1000; value += 1) {
    state.value = value;
    drawing.request();
    await jest.advanceTimersByTimeAsync(1);
  }
  await jest.advanceTimersByTimeAsync(10_000);
  expect(seen).toHaveLength(2);
  expect(seen.at(-1)?.value).toBe(1000);
  expect((seen[1]?.at ?? 0) - (seen[0]?.at ?? 0)).toBeGreaterThanOrEqual(2000);
});

test('writes never overlap, however slow Discord is', async () => {
  const { seen, state, write } = writer(7000);
  const drawing = latestWins(write, 2000);
  for (let value = 1; value <= 30; value += 1) {
    state.value = value;
    drawing.request();
    await jest.advanceTimersByTimeAsync(1000);
  }
  await jest.advanceTimersByTimeAsync(20_000);
  expect(state.most).toBe(1);
  expect(seen.length).toBeLessThanOrEqual(5);
  expect(seen.at(-1)?.value).toBe(30);
});

test('after the end nothing is written, and what is under way is waited for', async () => {
  const { seen, write } = writer(500);
  const drawing = latestWins(write, 2000);
  drawing.request();
  await jest.advanceTimersByTimeAsync(210);
  drawing.request();
  let over = false;
  const end = drawing.end().then(() => {
    over = true;
  });
  await jest.advanceTimersByTimeAsync(100);
  expect(over).toBe(false);
  await jest.advanceTimersByTimeAsync(1000);
  await end;
  drawing.request();
  await jest.advanceTimersByTimeAsync(10_000);
  expect(seen).toHaveLength(1);
});

test('a change that comes before the state is read needs no write of its own', async () => {
  const seen: number[] = [];
  let value = 0;
  const drawing = latestWins(async (onRead) => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    onRead();
    seen.push(value);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }, 100);
  value = 1;
  drawing.request();
  await jest.advanceTimersByTimeAsync(500);
  value = 2;
  drawing.request();
  await jest.advanceTimersByTimeAsync(10_000);
  expect(seen).toEqual([2]);
  drawing.request();
  await jest.advanceTimersByTimeAsync(1500);
  value = 3;
  drawing.request();
  await jest.advanceTimersByTimeAsync(10_000);
  expect(seen).toEqual([2, 2, 3]);
});
