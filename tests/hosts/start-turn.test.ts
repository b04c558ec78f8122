import { getPriority } from 'node:os';
import { expect, test } from '@jest/globals';
import type { ChildRecord } from '../../src/core/host.js';
import { exec } from '../../src/hosts/exec.js';
import { startTurn } from '../../src/hosts/start-turn.js';
import { countTurns } from '../support/turns.js';
import { recordingScope } from './support/scope.js';

test('processes that are to be started at once get a turn of the event loop each', async () => {
  const turns = countTurns();
  await Promise.all(Array.from({ length: 40 }, () => startTurn()));
  expect(turns()).toBeGreaterThanOrEqual(39);
});

test('a child lets this process go first', async () => {
  const priorities: number[] = [];
  const onChild = async ({ pid }: ChildRecord) => void priorities.push(getPriority(pid));
  const { scope } = recordingScope({ onChild });
  await exec(['sleep', '1'], {}, scope, { environment: process.env, graceMs: 300 });
  expect(priorities).toEqual([Math.min(19, getPriority() + 5)]);
});
