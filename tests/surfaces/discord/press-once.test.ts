import { expect, test } from '@jest/globals';
import { phrase } from '../../../src/core/model/phrase.js';
import { notice } from '../../../src/core/model/reasons.js';
import type { Actor } from '../../../src/core/model/request.js';
import { pressOnce } from '../../../src/surfaces/discord/press-once.js';
import { gate } from '../../core/harness.js';

const alice: Actor = { kind: 'user', id: '1', name: 'alice', administrator: true };
const eve: Actor = { kind: 'user', id: '2', name: 'eve', roleIds: ['7'] };
const WHY = notice('not_allowed', phrase`you can’t.`);

/** Presses of one button, and what comes of them. */
function scene(result: { ok: true } | { ok: false; notice: typeof WHY } = { ok: true }) {
  const presses = pressOnce();
  const seen: string[] = [];
  const counted: number[] = [];
  const press = (actor: Actor, accept: () => Promise<void> = async () => {}) =>
    presses.answer(
      {
        actor,
        accept: async () => {
          await accept();
          seen.push('heard');
        },
      },
      {
        name: 'r-1 confirm',
        act: async () => {
          seen.push(`act ${actor.name}`);
          return result;
        },
        refuse: async () => void seen.push(`refuse ${actor.name}`),
        again: async (_, times) => void counted.push(times),
      },
    );
  return { press, seen, counted };
}

test('a hundred presses are heard first, then done once; others’ presses are their own', async () => {
  const { press, seen } = scene();
  await Promise.all([...Array.from({ length: 100 }, () => press(alice)), press(eve)]);
  expect(seen.slice(0, 101)).toEqual(Array(101).fill('heard'));
  expect(seen.slice(101).sort()).toEqual(['act alice', 'act eve']);
});

test('a refusal is told once, and each press that got it is counted', async () => {
  const { press, seen, counted } = scene({ ok: false, notice: WHY });
  await Promise.all(Array.from({ length: 50 }, () => press(eve)));
  expect(seen.filter((what) => what !== 'heard')).toEqual(['act eve', 'refuse eve']);
  expect(counted.reduce((sum, times) => sum + times, 0)).toBe(49);
  // What they could press a moment ago is judged anew afterwards.
  await press(eve);
  expect(seen.filter((what) => what === 'act eve')).toHaveLength(2);
});

test('a press with other rights is judged by itself', async () => {
  const { press, seen } = scene();
  await Promise.all([press(eve), press({ ...eve, roleIds: ['7', '8'] })]);
  expect(seen.filter((what) => what === 'act eve')).toHaveLength(2);
});

test('a press that Discord did not take starts nothing, and takes no other with it', async () => {
  const { press, seen } = scene();
  const failing = press(alice, async () => {
    throw new Error('Unknown interaction');
  });
  const well = press(alice);
  await expect(failing).rejects.toThrow('Unknown interaction');
  await well;
  expect(seen).toEqual(['heard', 'act alice']);
});

test('one that is never heard holds nothing up for long', async () => {
  const { press, seen } = scene();
  const never = gate();
  const hung = press(eve, () => never.opened);
  await press(alice);
  expect(seen).toEqual(['heard', 'act alice']);
  never.open();
  await hung;
});
