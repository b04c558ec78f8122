import { expect, test } from '@jest/globals';
import type { ChildSign } from '../../src/core/ports/host.js';
import { exec } from '../../src/hosts/exec.js';
import { recordingScope } from './support/scope.js';

const SETTINGS = { environment: process.env, graceMs: 300 };

/** Everything that is heard of one command that takes so many seconds. */
async function heardOf(script: string, seconds = 8): Promise<readonly ChildSign[]> {
  const signs: ChildSign[] = [];
  const scope = { ...recordingScope().scope, onSign: (sign: ChildSign) => void signs.push(sign) };
  await exec(['timeout', `${seconds}`, 'sh', '-c', script], {}, scope, SETTINGS);
  return signs;
}

test('a command that waits is quiet, one that works or talks is not', async () => {
  const [waits, works, talks, goesOn] = await Promise.all([
    heardOf('sleep 60'),
    heardOf('while :; do :; done'),
    heardOf('while :; do echo still here; sleep 0.5; done'),
    heardOf('sleep 7; while :; do :; done', 12),
  ]);
  expect(waits).toEqual(['began', 'quiet', 'moving', 'ended']);
  expect(works).toEqual(['began', 'ended']);
  expect(talks).toEqual(['began', 'ended']);
  expect(goesOn).toEqual(['began', 'quiet', 'moving', 'ended']);
}, 30_000);
