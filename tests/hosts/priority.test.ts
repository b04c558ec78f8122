import { getPriority } from 'node:os';
import { expect, test } from '@jest/globals';
import { exec } from '../../src/hosts/exec.js';
import { pipe } from '../../src/hosts/pipe.js';
import { recordingScope } from './support/scope.js';

const SETTINGS = { environment: process.env, graceMs: 300 };
/** Waits a little, for a child may ask before it was lowered; then a grandchild says how nice it is. */
const NICE = ['sh', '-c', 'sleep 0.5; nice'] as const;

test('what a tool starts comes after the bot, and what brings something back does not', async () => {
  const { scope } = recordingScope();
  const own = getPriority();
  const lowered = await exec(NICE, {}, scope, SETTINGS);
  expect(Number(lowered.stdout)).toBe(own + 5);
  const wayBack = await exec(NICE, { uninterruptible: true }, scope, SETTINGS);
  expect(Number(wayBack.stdout)).toBe(own);
});

test('each part of a pipeline comes after the bot', async () => {
  const { scope } = recordingScope();
  const said: string[] = [];
  const loud = ['sh', '-c', 'sleep 0.5; nice >&2'] as const;
  await pipe([loud, loud], null, { onStderr: (line) => said.push(line) }, scope, SETTINGS);
  expect(said.map(Number)).toEqual([getPriority() + 5, getPriority() + 5]);
});
