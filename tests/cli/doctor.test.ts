import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Diagnosis } from '../../src/core/model/diagnosis.js';
import { Installation } from './harness.js';

let here: Installation;
beforeEach(async () => {
  here = await Installation.create();
});
afterEach(() => here.remove());

const FOUND: Diagnosis = {
  ok: false,
  checks: [
    { id: 'system.node', area: 'system', state: 'ok', message: 'Node.js 20.19.0.', remedy: null },
    {
      id: 'discord.ops_channel',
      area: 'discord',
      state: 'problem',
      message: 'In #\u001b[2Jops the bot lacks Embed Links.',
      remedy: 'Allow it.',
    },
    { id: 'discord.clock', area: 'discord', state: 'skipped', message: 'No time was said.', remedy: null },
    { id: 'port.exposed', area: 'port', state: 'warning', message: 'It is open.', remedy: 'Close it.' },
  ],
};

test('one line for what is fine, two for a finding, by area; nothing is opened', async () => {
  here.diagnosis = FOUND;
  const { exitCode, out, err } = await here.run(['doctor']);
  expect([exitCode, err, here.opened]).toEqual([1, '', 0]);
  expect(out.split('\n')).toEqual([
    'System',
    '  ✓ Node.js 20.19.0.',
    '',
    'Discord',
    '  ❌ problem: In #ops the bot lacks Embed Links.',
    '    Next: Allow it.',
    '  · No time was said.',
    '',
    'Side port',
    '  ⚠ warning: It is open.',
    '    Next: Close it.',
    '',
    '❌ 1 problem, 1 warning, 1 check passed.',
    '',
  ]);
});

test('warnings alone end with 0', async () => {
  here.diagnosis = { ok: true, checks: FOUND.checks.filter(({ state }) => state !== 'problem') };
  const { exitCode, out } = await here.run(['doctor']);
  expect(exitCode).toBe(0);
  expect(out).toMatch(/\n✅ 0 problems, 1 warning, 1 check passed\.\n$/);
});

test('--json prints the diagnosis and nothing else', async () => {
  here.diagnosis = FOUND;
  const { exitCode, value, err } = await here.json(['doctor']);
  expect([exitCode, err]).toEqual([1, '']);
  expect(value).toEqual(FOUND);
});

test('its help says what it looks at and how it ends', async () => {
  const { exitCode, out } = await here.run(['doctor', '--help']);
  expect(exitCode).toBe(0);
  expect(out).toMatch(/Exits with 1/);
});
