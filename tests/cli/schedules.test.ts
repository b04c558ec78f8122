import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Installation } from './harness.js';

let installation: Installation;
beforeEach(async () => {
  installation = await Installation.create();
  installation.schedulesFile = join(installation.folder, 'schedules.json');
  await schedules({ name: 'nightly photos', intent: 'photos', cron: '0 3 * * *' });
});
afterEach(() => installation.remove());

const schedules = (...all: object[]): Promise<void> =>
  writeFile(join(installation.folder, 'schedules.json'), JSON.stringify({ schedules: all }));

describe('chatops schedules', () => {
  test('lists them with the next three times, for people and for machines', async () => {
    const { exitCode, out } = await installation.run(['schedules']);
    expect(exitCode).toBe(0);
    expect(out).toContain('nightly photos: photos, 0 3 * * * (UTC)');
    expect(out.match(/ 03:00$/gm)).toHaveLength(3);
    expect(out).toContain('Last  never');
    const { value } = await installation.json(['schedules', 'list']);
    expect(value).toMatchObject([
      {
        name: 'nightly photos',
        intent: 'photos',
        next: ['2026-11-23T03:00:00.000Z', '2026-11-24T03:00:00.000Z', '2026-11-25T03:00:00.000Z'],
      },
    ]);
  });

  test('pause, resume, and what is wrong with either', async () => {
    expect(await installation.run(['schedules', 'pause', 'nightly photos'])).toMatchObject({ exitCode: 0 });
    expect((await installation.run(['schedules'])).out).toContain('⏸ Paused by ada');
    const again = await installation.run(['schedules', 'pause', 'nightly photos']);
    expect(again).toMatchObject({ exitCode: 3, err: expect.stringContaining('was paused by ada already') });
    expect((await installation.run(['schedules', 'resume', 'nightly photos'])).out).toContain('runs again');
    const unknown = await installation.run(['schedules', 'pause', 'nightly']);
    expect(unknown).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('Did you mean nightly photos?'),
    });
  });

  test('run runs it now, and its last run is this one', async () => {
    const { exitCode, value } = await installation.json(['schedules', 'run', 'nightly photos', '--yes']);
    expect([exitCode, value.state, installation.work.ran]).toEqual([0, 'succeeded', 1]);
    expect(value.actor.kind).toBe('operator');
    expect((await installation.run(['schedules'])).out).toContain(`✅ succeeded ${value.id}`);
  });
});

test('chatops validate looks at the schedules file too', async () => {
  expect((await installation.run(['validate'])).out).toContain('✅ The schedules file is valid');
  await schedules({ name: 'nightly', intent: 'fotos', cron: '0 3 * * *' });
  const { exitCode, out } = await installation.run(['validate']);
  expect(exitCode).toBe(1);
  expect(out).toContain('nightly: there is no intent fotos.');
  expect(out).toContain('❌ The schedules file is not valid');
});
