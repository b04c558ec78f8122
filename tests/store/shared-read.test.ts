import { expect, test } from '@jest/globals';
import { sharedRead } from '../../src/store/shared-read.js';

/** Something that is read, and how often that was. */
function place() {
  const state = { value: 1, reads: 0 };
  const read = sharedRead(async (name: string, step: number) => {
    state.reads += 1;
    return `${name} ${step} ${state.value}`;
  });
  return { state, read };
}

test('the same question in one turn is one read, which sees what was there after the last asking', async () => {
  const { state, read } = place();
  const answers = [read('a', 0), read('a', 1), read('a', 0)];
  state.value = 2;
  expect(await Promise.all(answers)).toEqual(['a 0 2', 'a 1 2', 'a 0 2']);
  expect(state.reads).toBe(2);
});

test('an answer is not kept', async () => {
  const { state, read } = place();
  expect(await read('a', 0)).toBe('a 0 1');
  state.value = 2;
  expect(await read('a', 0)).toBe('a 0 2');
});

test('a read that fails tells all who asked, and the next one asks again', async () => {
  let broken = true;
  const read = sharedRead(async () => {
    if (broken) throw new Error('no disk');
    return 1;
  });
  const ends = await Promise.allSettled([read(), read()]);
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  broken = false;
  expect(await read()).toBe(1);
});
