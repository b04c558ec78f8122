import { expect, test } from '@jest/globals';
import { RunActivity } from '../../src/core/execution/run-activity.js';
import { gate, until } from './harness.js';

test('a run that waits for a silent service rests until that answers, and one that is answered does not', async () => {
  const told: boolean[] = [];
  const activity = new RunActivity((isResting) => told.push(isResting), 20);
  expect(await activity.during(Promise.resolve('at once'))).toBe('at once');
  expect(told).toEqual([]);

  const answer = gate();
  const asked = activity.during(answer.opened);
  await until(() => told.length === 1, 'it rests');
  expect(told).toEqual([true]);
  answer.open();
  await asked;
  expect(told).toEqual([true, false]);

  const refused = gate();
  const fails = activity.during(refused.opened.then(() => Promise.reject(new Error('no'))));
  await until(() => told.length === 3, 'it rests again');
  refused.open();
  await expect(fails).rejects.toThrow('no');
  expect(told).toEqual([true, false, true, false]);
});

test('one whose command moves meanwhile does not rest', async () => {
  const told: boolean[] = [];
  const activity = new RunActivity((isResting) => told.push(isResting), 20);
  activity.hear('began');
  const answer = gate();
  const asked = activity.during(answer.opened);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(told).toEqual([]);
  answer.open();
  await asked;
  activity.hear('ended');
  expect(told).toEqual([]);
});
