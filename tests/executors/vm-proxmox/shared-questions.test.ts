import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createSharedQuestions } from '../../../src/executors/vm-proxmox/shared-questions.js';

/** Wants an answer to a question that is put now, and never gives up. */
const NOW = asker(new AbortController().signal);

function asker(signal: AbortSignal, oldestMs = 0) {
  return { signal, oldestMs };
}

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
  const answers = await Promise.all([1, 2, 3].map(() => questions.answer('a', NOW, ask)));
  expect([answers, state.asked]).toEqual([[1, 1, 1], 1]);
});

test('an answer is never older than its question', async () => {
  const questions = createSharedQuestions<number>();
  const { state, ask } = world();
  const early = questions.answer('a', NOW, ask);
  await sleep(5);
  state.value = 2;
  const late = [1, 2, 3].map(() => questions.answer('a', NOW, ask));
  expect(await early).toBe(1);
  expect(await Promise.all(late)).toEqual([2, 2, 2]);
  state.value = 3;
  expect(await questions.answer('a', NOW, ask)).toBe(3);
  expect(state.asked).toBe(3);
});

test('different questions wait for nothing', async () => {
  const questions = createSharedQuestions<number>();
  const { state, ask } = world();
  const both = Promise.all([questions.answer('a', NOW, ask), questions.answer('b', NOW, ask)]);
  await sleep(5);
  expect(state).toMatchObject({ asked: 2, ended: 0 });
  await both;
});

test('one who gives up leaves the others their answer; when all have, the asking ends', async () => {
  const questions = createSharedQuestions<number>();
  const { state, ask } = world();
  const [one, two] = [new AbortController(), new AbortController()];
  const given = questions.answer('a', asker(one.signal), ask);
  const kept = questions.answer('a', NOW, ask);
  await sleep(5);
  one.abort(new Error('stopped'));
  await expect(given).rejects.toThrow('stopped');
  expect(await kept).toBe(1);

  const alone = questions.answer('a', asker(two.signal), ask);
  await sleep(10);
  two.abort(new Error('stopped'));
  await expect(alone).rejects.toThrow('stopped');
  await expect(questions.answer('a', asker(two.signal), ask)).rejects.toThrow('stopped');
  await sleep(5);
  expect(state).toMatchObject({ asked: 2, ended: 2 });
  expect(await questions.answer('a', NOW, ask)).toBe(1);
});

test('who gives up before it is asked keeps nobody from asking anew', async () => {
  const questions = createSharedQuestions<number>();
  const { state, ask } = world();
  const early = questions.answer('a', NOW, ask);
  await sleep(5);
  const control = new AbortController();
  const given = questions.answer('a', asker(control.signal), ask);
  control.abort(new Error('stopped'));
  await expect(given).rejects.toThrow('stopped');
  const [first, late] = await Promise.all([early, questions.answer('a', NOW, ask)]);
  expect([first, late, state.asked]).toEqual([1, 1, 2]);
});

test('a failure is told to all who shared it, and to nobody else', async () => {
  const questions = createSharedQuestions<number>();
  const fail = (): Promise<number> => Promise.reject(new Error('no route'));
  const both = await Promise.allSettled([questions.answer('a', NOW, fail), questions.answer('a', NOW, fail)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await questions.answer('a', NOW, world().ask)).toBe(1);
});

test('an older answer is taken by who takes one: also of a question that is not answered yet', async () => {
  const questions = createSharedQuestions<number>();
  const { state, ask } = world();
  const patient = asker(NOW.signal, 10_000);
  const first = questions.answer('a', patient, ask);
  await sleep(5);
  state.value = 2;
  expect(await questions.answer('a', patient, ask)).toBe(1);
  expect([await first, await questions.answer('a', patient, ask), state.asked]).toEqual([1, 1, 1]);
  expect(await questions.answer('a', NOW, ask)).toBe(2);
  expect(await questions.answer('b', patient, ask)).toBe(2);
  expect(state.asked).toBe(3);
});

test('an answer that is older than what is taken is asked for anew', async () => {
  const questions = createSharedQuestions<number>();
  const { state, ask } = world();
  await questions.answer('a', NOW, ask);
  await sleep(50);
  await questions.answer('a', asker(NOW.signal, 40), ask);
  expect(state.asked).toBe(2);
});

test('an older answer is not taken once the world was changed', async () => {
  const questions = createSharedQuestions<number>();
  const { state, ask } = world();
  const patient = asker(NOW.signal, 10_000);
  const early = questions.answer('a', patient, ask);
  await sleep(5);
  state.value = 2;
  questions.outdate();
  expect(await questions.answer('a', patient, ask)).toBe(2);
  expect(await early).toBe(1);
});

test('a failure answers nobody who comes later, nor does an asking that all have given up', async () => {
  const questions = createSharedQuestions<number>();
  const { ask } = world();
  const patient = asker(NOW.signal, 10_000);
  const fail = (): Promise<number> => Promise.reject(new Error('no route'));
  await expect(questions.answer('a', patient, fail)).rejects.toThrow('no route');
  expect(await questions.answer('a', patient, ask)).toBe(1);

  const control = new AbortController();
  const given = questions.answer('b', asker(control.signal), ask);
  await sleep(5);
  control.abort(new Error('stopped'));
  const late = questions.answer('b', patient, ask);
  await expect(given).rejects.toThrow('stopped');
  expect(await late).toBe(1);
});

test('where the newest asking was given up, the one that is about to begin is shared', async () => {
  const questions = createSharedQuestions<number>();
  const { state, ask } = world();
  const control = new AbortController();
  const given = questions.answer('a', asker(control.signal), ask);
  await sleep(5);
  const fresh = questions.answer('a', NOW, ask);
  control.abort(new Error('stopped'));
  await expect(given).rejects.toThrow('stopped');
  const patient = questions.answer('a', asker(NOW.signal, 10_000), ask);
  expect(await Promise.all([fresh, patient])).toEqual([1, 1]);
  expect(state.asked).toBe(2);
});
