import { expect, test } from '@jest/globals';
import { startTurn } from '../../src/hosts/start-turn.js';
import { countTurns } from '../support/turns.js';

test('processes that are to be started at once get a turn of the event loop each', async () => {
  const turns = countTurns();
  await Promise.all(Array.from({ length: 40 }, () => startTurn()));
  expect(turns()).toBeGreaterThanOrEqual(39);
});
