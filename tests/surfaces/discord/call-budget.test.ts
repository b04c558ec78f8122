import { expect, test } from '@jest/globals';
import { callBudget } from '../../../src/surfaces/discord/call-budget.js';

test('who sends too much is told, then ignored, and answered again a minute later', () => {
  let at = 0;
  const handling = callBudget(
    () => 3,
    () => at,
  );
  const send = (who: string, times: number) => Array.from({ length: times }, () => handling(who));
  expect(send('eve', 6)).toEqual(['answer', 'answer', 'answer', 'turn-down', 'ignore', 'ignore']);
  expect(send('ann', 1)).toEqual(['answer']);
  at = 10_000;
  expect(send('eve', 2)).toEqual(['turn-down', 'ignore']);
  at = 60_000;
  expect(send('eve', 1)).toEqual(['answer']);
});

test('memory is bounded: of very many people the eldest is forgotten', () => {
  const handling = callBudget(
    () => 1,
    () => 0,
  );
  expect(handling('first')).toBe('answer');
  for (let index = 0; index < 5000; index += 1) handling(`member ${index}`);
  expect(handling('first')).toBe('answer');
  expect(handling('member 4999')).toBe('turn-down');
});
