import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createSharedQuestions } from '../../../src/executors/vm-proxmox/shared-questions.js';

const NEVER = new AbortController().signal;

/** Something that is asked about, and how often that was. */
function world() {
  const state = { value: 1, asked: 0, ended: 0 };
  const ask = async (signal: AbortSignal): Promise<number> => {
    state.asked += 1;
    const { value } = state;
    await sleep(20, undefined, { signal }).finally(() => {
      state.ended += 1;
    });
    return value;
  };
  return { state, ask };
}

test('those who ask at once share one asking', async () => {
  const questions = createSharedQuestions<number>();
  const { state, ask } = world();
  const answers = await Promise.all([1, 2, 3].map(() => questions('a', NEVER, ask)));
  expect([answers, state.asked]).toEqual([[1, 1, 1], 1]);
});

test('an answer is never older than its question', async () => {
  const questions = createSharedQuestions<number>();
  const { state, ask } = world();
  const early = questions('a', NEVER, ask);
  await sleep(5);
  state.value = 2;
  const late = [1, 2, 3].map(() => questions('a', NEVER, ask));
  expect(await early).toBe(1);
  expect(await Promise.all(late)).toEqual([2, 2, 2]);
  state.value = 3;
  expect(await questions('a', NEVER, ask)).toBe(3);
  expect(state.asked).toBe(3);
});

test('different questions wait for nothing', async () => {
  const questions = createSharedQuestions<number>();
  const { state, ask } = world();
  const both = Promise.all([questions('a', NEVER, ask), questions('b', NEVER, ask)]);
  await sleep(5);
  expect(state).toMatchObject({ asked: 2, ended: 0 });
  await both;
});

test('one who gives up leaves the others their answer; when all have, the asking ends', async () => {
  const questions = createSharedQuestions<number>();
  const { state, ask } = world();
  const [one, two] = [new AbortController(), new AbortController()];
  const given = questions('a', one.signal, ask);
  const kept = questions('a', NEVER, ask);
  await sleep(5);
  one.abort(new Error('stopped'));
  await expect(given).rejects.toThrow('stopped');
  expect(await kept).toBe(1);

  const alone = questions('a', two.signal, ask);
  await sleep(10);
  two.abort(new Error('stopped'));
  await expect(alone).rejects.toThrow('stopped');
  await expect(questions('a', two.signal, ask)).rejects.toThrow('stopped');
  await sleep(5);
  expect(state).toMatchObject({ asked: 2, ended: 2 });
  expect(await questions('a', NEVER, ask)).toBe(1);
});

test('who gives up before it is asked keeps nobody from asking anew', async () => {
  const questions = createSharedQuestions<number>();
  const { state, ask } = world();
  const early = questions('a', NEVER, ask);
  await sleep(5);
  const control = new AbortController();
  const given = questions('a', control.signal, ask);
  control.abort(new Error('stopped'));
  await expect(given).rejects.toThrow('stopped');
  const [first, late] = await Promise.all([early, questions('a', NEVER, ask)]);
  expect([first, late, state.asked]).toEqual([1, 1, 2]);
});

test('a failure is told to all who shared it, and to nobody else', async () => {
  const questions = createSharedQuestions<number>();
  const fail = (): Promise<number> => Promise.reject(new Error('no route'));
  const both = await Promise.allSettled([questions('a', NEVER, fail), questions('a', NEVER, fail)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await questions('a', NEVER, world().ask)).toBe(1);
});
