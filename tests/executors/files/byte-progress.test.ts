import { expect, test } from '@jest/globals';
import { byteProgress } from '../../../src/executors/shared/progress.js';

function reporter(total: number) {
  const reported: (number | undefined)[] = [];
  const clock = { ms: 0 };
  const report = byteProgress(
    { now: () => new Date(clock.ms), progress: ({ done }) => void reported.push(done) },
    total,
  );
  return { reported, clock, report };
}

test('in steps of half a percent, however often a tool counts', () => {
  const { reported, report } = reporter(1_000_000);
  for (let done = 0; done <= 1_000_000; done += 100) report(done);
  expect(reported).toHaveLength(201);
  expect(reported.at(-1)).toBe(1_000_000);
});

test('of a large disk once a second, and never more than there is', () => {
  const { reported, clock, report } = reporter(2 ** 42);
  for (let second = 0; second < 10; second += 1) {
    clock.ms = second * 1000;
    for (let line = 0; line < 50; line += 1) report(second * 1000 + line);
  }
  expect(reported).toEqual([0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000]);
  report(2 ** 43);
  expect(reported.at(-1)).toBe(2 ** 42);
});
