import { mkdir, readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Diagnosis } from '../../src/core/model/diagnosis.js';
import { Stage } from './stage.js';

// Each test starts several programs.
jest.setTimeout(120_000);

let stage: Stage;

beforeEach(async () => {
  stage = await Stage.create();
  const lines = ['action: backup', 'backup_type: files', 'stack: media', 'compress: gzip'];
  const places = [`source: ${stage.path('src')}`, `destination: ${stage.path('dst')}`];
  await stage.intent('photos', `${[...lines, ...places].join('\n')}\n`);
});
afterEach(() => stage.end());

const found = ({ checks }: Diagnosis, state: string) =>
  checks.filter((check) => check.state === state).map(({ id }) => id);

describe('chatops doctor, as it is built', () => {
  test('beside a healthy bot: no findings, exit 0, in words and in JSON', async () => {
    await stage.start();
    const { code, stdout, stderr } = await stage.cli(['doctor']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Discord\n {2}✓ Discord answers at http:.*\n {2}✓ The token is valid/m);
    expect(stdout).toMatch(/\n✅ 0 problems, 0 warnings, \d+ checks passed\.\n$/);
    const diagnosis = await stage.json<Diagnosis>(['doctor']);
    expect(diagnosis.ok).toBe(true);
    expect(diagnosis.checks.find(({ id }) => id === 'data.running')?.message).toMatch(/^ChatOps runs now/);
  });

  test('where almost nothing is right: everything at once, exit 1, nothing made, no stack trace', async () => {
    await mkdir(stage.path('.env'));
    await stage.intent('broken', 'action: [');
    const before = await readdir(stage.dir);
    const env = {
      CHATOPS_DATA_DIR: stage.path('intents', 'photos.yaml'),
      CHATOPS_HTTP_PORT: 'abc',
      DISCORD_TOKEN: 'wrong',
      DISCORD_GUILD_ID: '1',
      DISCORD_API_ULR: 'http://127.0.0.1',
      PATH: '/nowhere',
    };
    const { code, stdout, stderr } = await stage.cli(['doctor'], { env });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).not.toMatch(/^\s+at /m);
    expect(stdout).toMatch(/❌ problem: Discord does not accept the token\.\n {4}Next: Copy the token from/);
    expect(stdout).toMatch(
      /⚠ warning: DISCORD_API_ULR is not a variable .* Did you mean DISCORD_API_URL\?\n {4}Next: /,
    );
    expect(stdout).toMatch(/\n❌ 8 problems, 1 warning, \d+ checks passed\.\n$/);
    const json = await stage.cli(['doctor', '--json'], { env });
    expect(json.code).toBe(1);
    const diagnosis = JSON.parse(json.stdout) as Diagnosis;
    expect(found(diagnosis, 'problem')).toEqual([
      'config.invalid',
      'config.invalid',
      'config.env_file',
      'data.folder',
      'discord.token',
      'intents.file',
      'tools.archive',
      'tools.archive',
    ]);
    expect(diagnosis.checks.every(({ state, remedy }) => state !== 'problem' || remedy !== null)).toBe(true);
    expect(await readdir(stage.dir)).toEqual(before);
  });

  test('a start that fails names it', async () => {
    const { code, stderr } = await stage.cli(['start'], { env: { DISCORD_TOKEN: 'wrong' } });
    expect(code).toBe(1);
    expect(stderr).toMatch(/`chatops doctor` says whether anything else is wrong\./);
  });
});
