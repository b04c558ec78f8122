import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Installation } from './harness.js';

let here: Installation;
beforeEach(async () => {
  here = await Installation.create();
});
afterEach(() => here.remove());

async function states(): Promise<string[]> {
  const { value } = await here.json(['runs']);
  return value.map(({ state }: { state: string }) => state);
}

describe('an intent that asks for two people', () => {
  beforeEach(() => here.intent('risky', 'confirm: two_people\napprover_role: Boss'));

  test.each([[[]], [['--yes']], [['--yes', '--confirm', 'risky']]])(
    'waits, also with %j',
    async (options) => {
      const { exitCode, out, err } = await here.run(['run', 'risky', ...options], {
        tty: options.length === 0,
      });
      const id = /r-[a-z0-9]+/.exec(out)?.[0];
      expect(out).toContain('Needs a second person: somebody other than ada with the role ');
      expect(out).toContain(
        'Waits for a second person in Discord. Nothing runs before they approve it.\n' +
          `chatops show ${id} tells how it stands; chatops cancel ${id} takes it back.\n`,
      );
      expect([exitCode, err, here.work.ran]).toEqual([3, '', 0]);
      expect(await states()).toEqual(['awaiting']);
    },
  );

  test('json tells who is needed; cancel takes it back; show tells the end', async () => {
    const { exitCode, value } = await here.json(['run', 'risky', '--yes']);
    expect(value).toMatchObject({
      state: 'awaiting',
      consent: { confirm: 'two_people', approverRoles: ['Boss'], typed: false, approved: null },
    });
    expect(exitCode).toBe(3);
    const shown = await here.run(['show', value.id]);
    expect(shown.out).toMatch(/Backup waits for an answer[\s\S]*Needs a second person/);
    const cancelled = await here.run(['cancel', value.id]);
    expect([cancelled.exitCode, cancelled.out]).toEqual([
      0,
      expect.stringContaining('Backup cancelled · risky'),
    ]);
    const again = await here.run(['cancel', value.id]);
    expect([again.exitCode, again.err]).toEqual([3, expect.stringContaining('it is cancelled')]);
    expect((await here.run(['show', value.id])).out).toMatch(/answered by +ada/);
  });
});

test('an intent that asks for nobody begins after its preview, without --yes', async () => {
  await here.intent('easy', 'confirm: never');
  const { exitCode, out } = await here.run(['run', 'easy']);
  expect([exitCode, here.work.ran]).toEqual([0, 1]);
  expect(out).toMatch(/What will happen[\s\S]*Backup succeeded/);
});

test('one that begins by itself and whose plan changed asks before the new one', async () => {
  await here.intent('easy', 'confirm: never');
  let plans = 0;
  here.work.planning = async () => {
    plans += 1;
    if (plans === 2) here.work.plan = { targets: 'other' };
  };
  const session = here.start(['run', 'easy'], { tty: true });
  await session.saw('Here is what would happen now.');
  await session.saw('Run it? [y/N] ');
  session.type('n\n');
  expect([await session.exitCode, here.work.ran]).toEqual([3, 0]);
});

describe('a large deletion', () => {
  beforeEach(() => {
    const paths = Array.from({ length: 1001 }, (_, index) => `/srv/backups/${index}`);
    here.work.plan = { effects: [{ kind: 'delete', target: '/srv/backups', paths }] };
  });

  test.each([
    [['--yes'], 'Add --confirm photos to run it without a question.'],
    [['--yes', '--confirm', 'fotos'], 'Add --confirm photos to run it without a question.'],
    [[], 'Add --yes --confirm photos to run it without a question.'],
  ])('%j is not enough where nobody can answer', async (options, remedy) => {
    const { exitCode, err } = await here.run(['run', 'photos', ...options]);
    expect([exitCode, here.work.ran]).toEqual([3, 0]);
    expect(err).toContain(remedy);
    expect(await states()).toEqual(['cancelled']);
  });

  test('--yes with the name runs it', async () => {
    const { exitCode } = await here.run(['run', 'photos', '--yes', '--confirm', 'photos']);
    expect([exitCode, here.work.ran]).toEqual([0, 1]);
  });

  test('on a terminal the name is typed; a wrong one loses nothing', async () => {
    const session = here.start(['run', 'photos'], { tty: true });
    await session.saw('Type photos to run it: ');
    session.type('y\n');
    await session.saw('That is not photos. Type photos, or press Enter to cancel: ');
    expect(here.work.ran).toBe(0);
    session.type('Photos\n');
    expect([await session.exitCode, here.work.ran]).toEqual([0, 1]);
  });

  test('an empty line cancels', async () => {
    const session = here.start(['run', 'photos'], { tty: true });
    await session.saw('Type photos to run it: ');
    session.type('\n');
    expect([await session.exitCode, here.work.ran]).toEqual([3, 0]);
    expect(session.out()).toContain('Cancelled. Nothing was run.');
    expect(await states()).toEqual(['cancelled']);
  });
});

describe('locks', () => {
  test('lock, status, a refused run, unlock', async () => {
    const locked = await here.run(['lock', 'media', '--reason', 'moving disks', '--for', '2h']);
    expect([locked.exitCode, locked.err]).toEqual([0, '']);
    expect(locked.out).toMatch(
      /^🔒 media is locked by ada since \d{4}-\d\d-\d\d \d\d:\d\d, until \d{4}-\d\d-\d\d \d\d:\d\d: moving disks\nRuns on it are refused; one that runs already goes on\.\n$/,
    );
    expect((await here.run(['status'])).out).toMatch(
      /media[^\n]*\n {2}🔒 locked by ada since .*: moving disks/,
    );
    expect((await here.json(['status'])).value[0].lock).toMatchObject({
      holder: { kind: 'operator', id: 'ada', name: 'ada' },
      until: '2026-11-22T16:00:00.000Z',
    });
    const refused = await here.json(['run', 'photos', '--yes']);
    expect([refused.exitCode, refused.value.error.code]).toEqual([3, 'stack_locked']);
    expect((await here.run(['plan', 'photos'])).exitCode).toBe(0);
    const unlocked = await here.json(['unlock', 'media']);
    expect([unlocked.exitCode, unlocked.value.stack]).toEqual([0, 'media']);
    expect((await here.run(['run', 'photos', '--yes'])).exitCode).toBe(0);
  });

  test.each([
    [['lock', 'medai', '--reason', 'x'], 2, 'stack_unknown'],
    [['lock', 'media'], 2, 'usage'],
    [['lock', 'media', '--reason', 'x', '--for', 'soon'], 2, 'lock_invalid'],
    [['unlock', 'media'], 3, 'not_locked'],
  ])('%j ends with %i', async (argv, exitCode, code) => {
    const answer = await here.json(argv);
    expect([answer.exitCode, answer.value.error.code]).toEqual([exitCode, code]);
  });
});
