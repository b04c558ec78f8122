import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CliError, configInvalid } from '../../src/cli/errors.js';
import { phrase } from '../../src/core/model/phrase.js';
import { notice } from '../../src/core/model/reasons.js';
import { StoreError } from '../../src/core/ports/store.js';
import { Installation } from './harness.js';

let here: Installation;
beforeEach(async () => {
  here = await Installation.create();
});
afterEach(() => here.remove());

async function ranOnce(): Promise<string> {
  const { value } = await here.json(['run', 'photos', '--yes']);
  return value.id;
}

describe('plan', () => {
  test('what would happen, deletions and warnings in front; recorded as planned, nothing runs', async () => {
    const paths = Array.from({ length: 12 }, (_, index) => `old-${index}.tar`);
    here.work.plan = {
      effects: [{ kind: 'delete', target: '/srv/backups', paths }],
      warnings: [notice('destination_low', phrase`${{ code: '/srv' }} will have 12 GiB left (4 %).`)],
    };
    const { exitCode, out } = await here.run(['plan', 'photos']);
    expect([exitCode, here.work.ran]).toEqual([0, 0]);
    expect(out.split('\n').slice(1)).toEqual([
      'stack media · asked by ada · dry run, nothing is changed',
      '',
      'What will happen',
      '  1. Copy 1.8 GiB to /srv/backups/photos.',
      '  2. Check the archive.',
      '  How long it takes is not known: there is no earlier run to go by.',
      '',
      'Will be deleted in /srv/backups (12 paths)',
      ...paths.slice(0, 10).map((path) => `  ${path}`),
      '  … and 2 more; --json lists all',
      '',
      '⚠ /srv will have 12 GiB left (4 %). Free some space soon.',
      '',
      '',
    ]);
    const { value } = await here.json(['plan', 'photos']);
    expect(value).toMatchObject({ state: 'planned', dryRun: true, outcome: null });
    expect(value.plan.parts[0].effects[0].paths).toEqual(paths);
  });

  test('--commands shows each command as one would type it, secrets masked', async () => {
    const { out } = await here.run(['plan', 'photos', '--commands']);
    expect(out).toContain("Commands\n  1. tar -cf /srv/backups •••• 'it'\\''s'\n  2. tar");
  });

  test('a blocked plan: 3', async () => {
    here.work.plan = { blockers: [notice('source_empty', phrase`/srv/photos is empty.`)] };
    expect((await here.run(['plan', 'photos'])).exitCode).toBe(3);
    expect((await here.json(['plan', 'photos'])).exitCode).toBe(3);
  });

  test('an intent that depends on another says so', async () => {
    await here.intent('films', 'depends_on: [photos]');
    const { out } = await here.run(['plan', 'films']);
    expect(out).toContain('\nRuns photos first, because films depends on it.\n');
    expect(out).toContain('  4. Check the archive.');
  });
});

describe('intents', () => {
  test('a table on a terminal and in a pipe, names in order', async () => {
    await here.intent('films');
    const { exitCode, out, err } = await here.run(['intents']);
    expect([exitCode, out, err]).toEqual([
      0,
      'NAME    ACTION  STACK  DESCRIPTION\nfilms   backup  media\nphotos  backup  media  Family photos\n',
      '',
    ]);
  });

  test('json: name, action, stack and more', async () => {
    const { exitCode, value } = await here.json(['intents']);
    expect([exitCode, value]).toEqual([
      0,
      [
        {
          name: 'photos',
          action: 'backup',
          stack: 'media',
          description: 'Family photos',
          kinds: ['files'],
          dependsOn: [],
          steps: null,
          labelRequired: null,
          confirm: null,
          file: join(here.intentsDir, 'photos.yaml'),
          warning: null,
        },
      ],
    ]);
  });

  test('a broken file is mentioned on stderr; the others are listed', async () => {
    await writeFile(join(here.intentsDir, 'broken.yaml'), 'action: [');
    const { exitCode, value, err } = await here.json(['intents']);
    expect([exitCode, value.length, err]).toEqual([
      0,
      1,
      '1 intent file has an error. chatops validate says which.\n',
    ]);
  });

  test('none: says how to begin', async () => {
    await rm(join(here.intentsDir, 'photos.yaml'));
    expect((await here.run(['intents'])).out).toMatch(/^There are no intents yet\./);
    expect((await here.json(['intents'])).value).toEqual([]);
  });
});

describe('runs and show', () => {
  test('json: an array, newest first', async () => {
    const first = await ranOnce();
    here.now = new Date('2026-11-22T15:00:00Z');
    here.work.run = async () => ({ state: 'rolled_back', reason: 'check_failed' });
    const second = await ranOnce();
    const { exitCode, value } = await here.json(['runs']);
    expect([exitCode, value.map(({ id, state }: { id: string; state: string }) => [id, state])]).toEqual([
      0,
      [
        [second, 'rolled_back'],
        [first, 'succeeded'],
      ],
    ]);
    expect(value[0]).toMatchObject({
      intent: 'photos',
      action: 'backup',
      stack: 'media',
      actor: { name: 'ada' },
      source: 'cli',
      dryRun: false,
      createdAt: '2026-11-22T15:00:00.000Z',
      finishedAt: '2026-11-22T15:00:00.000Z',
      durationMs: 0,
      reason: 'check_failed',
    });
    expect((await here.json(['runs', '-n', '1'])).value.map(({ id }: { id: string }) => id)).toEqual([
      second,
    ]);
    expect((await here.json(['runs', '--intent', 'films'])).value).toEqual([]);
  });

  test('text: a table, states in words', async () => {
    here.work.run = async () => ({ state: 'rolled_back', reason: 'check_failed' });
    const id = await ranOnce();
    await here.run(['plan', 'photos']);
    const [head, dry, real] = (await here.run(['runs'])).out.split('\n');
    expect(head).toMatch(/^RUN +STATE +INTENT +ACTION +ASKED +TOOK +BY$/);
    expect([dry, real].join('\n')).toMatch(
      new RegExp(
        `planned \\(dry run\\) +photos +backup +[-0-9]+ [0-9:]+ +ada\n${id} +↩ rolled back +photos +backup +[-0-9]+ [0-9:]+ +0 s +ada$`,
      ),
    );
  });

  test('no runs yet', async () => {
    expect((await here.run(['runs'])).out).toBe('No runs yet.\n');
    expect((await here.json(['runs'])).value).toEqual([]);
  });

  test('show: outcome, who, when, steps; --log adds what the tools said', async () => {
    const id = await ranOnce();
    await here.run(['show', id]);
    const store = here.store;
    expect(store).not.toBeNull();
    const { exitCode, out } = await here.run(['show', id]);
    expect(exitCode).toBe(0);
    expect(out).toContain(`✅ Backup succeeded · photos  ${id} · in 0 s\n1.8 GiB copied.\n`);
    expect(out).toMatch(/stack {9}media\nasked by {6}ada \(cli\), /);
    expect(out).toContain('\n  2. Check the archive.\n');
    expect((await here.run(['show', id, '--log'])).out).toMatch(/\nNo log was kept\.\n$/);
    expect((await here.json(['show', id])).value).toMatchObject({ id, state: 'succeeded' });
    expect((await here.json(['show', id])).value).not.toHaveProperty('log');
    expect((await here.json(['show', id, '--log'])).value).toMatchObject({ id, log: '' });
  });

  test('show of an unknown run: 2', async () => {
    const { exitCode, out, err } = await here.run(['show', 'r-none']);
    expect([exitCode, out, err]).toEqual([
      2,
      '',
      'There is no run r-none.\nchatops runs lists the last ones.\n',
    ]);
  });
});

describe('audit', () => {
  test('the last rows, newest first, in text and json', async () => {
    const id = await ranOnce();
    const { value } = await here.json(['audit']);
    expect(value[0]).toMatchObject({
      event: 'finished',
      runId: id,
      intent: 'photos',
      actor: { name: 'ada' },
    });
    expect(value.map(({ seq }: { seq: number }) => seq)).toEqual(
      [...value.map(({ seq }: { seq: number }) => seq)].sort((a, b) => b - a),
    );
    const { out } = await here.run(['audit', '--limit', '1']);
    expect(out.split('\n')[0]).toMatch(/^ROW +WHEN +EVENT +WHO +FROM +RUN +INTENT$/);
    expect(out.trimEnd().split('\n')).toHaveLength(2);
    expect(out).toContain(`finished  ada  cli   ${id}  photos`);
  });

  test('verify: whole', async () => {
    await ranOnce();
    const { exitCode, out } = await here.run(['audit', 'verify']);
    expect([exitCode, out]).toEqual([
      0,
      expect.stringMatching(
        /^✅ The audit trail is intact, and the outcomes in the history agree with it\. \d+ rows checked\.\n$/,
      ),
    ]);
    expect((await here.json(['audit', 'verify'])).value).toMatchObject({ ok: true, problems: [] });
  });

  test('verify: rows that are gone are found, 1', async () => {
    await ranOnce();
    const dataDir = join(here.folder, 'data');
    for (const name of ['chatops.db', 'chatops.db-wal', 'chatops.db-shm'])
      await rm(join(dataDir, name), { force: true });
    const { exitCode, value } = await here.json(['audit', 'verify']);
    expect([exitCode, value.ok]).toEqual([1, false]);
    expect(value.problems.length).toBeGreaterThan(0);
    const text = await here.run(['audit', 'verify']);
    expect(text.exitCode).toBe(1);
    expect(text.out).toMatch(/^❌ The audit trail or the history was changed\. .+\n {2}row \d+: .+\nNext: /);
  });
});

describe('validate', () => {
  test('without a path: the configured folder; nothing is opened', async () => {
    const { exitCode, out } = await here.run(['validate']);
    expect([exitCode, out, here.opened]).toEqual([0, '✅ 1 intent file is valid.\n', 0]);
  });

  test('a broken file: 1, with file, line, column, field and what would be right', async () => {
    await here.intent('films', 'compres: gzip');
    const file = join(here.intentsDir, 'films.yaml');
    const { exitCode, out } = await here.run(['validate', here.intentsDir]);
    expect(exitCode).toBe(1);
    expect(out).toContain(`${file}:6:1 compres is not a field`);
    expect(out).toMatch(/\n {2}.*compress.*\n/);
    expect(out).toContain(`❌ 1 intent file is not valid: ${file}\n`);
    const { value } = await here.json(['validate', file]);
    expect(value).toMatchObject({
      ok: false,
      files: [file],
      problems: [{ file, line: 6, column: 1, field: 'compres' }],
    });
  });

  test('a path that is not there: 1', async () => {
    const { exitCode, out } = await here.run(['validate', join(here.folder, 'nowhere')]);
    expect([exitCode, out]).toEqual([1, expect.stringContaining('There is no such file or folder.')]);
  });
});

test('somebody without rights sees nothing and runs nothing: 3', async () => {
  const id = await ranOnce();
  const operator = { kind: 'user', id: '3', name: 'mallory' } as const;
  expect((await here.json(['runs'], { operator })).value).toEqual([]);
  expect((await here.json(['intents'], { operator })).value).toEqual([]);
  for (const argv of [
    ['show', id],
    ['plan', 'photos'],
    ['run', 'photos', '--yes'],
    ['plan', 'no-such-intent'],
  ]) {
    const { exitCode, value } = await here.json(argv, { operator });
    expect([exitCode, value.error.code]).toEqual([3, 'not_allowed']);
  }
  expect(here.work.ran).toBe(1);
});

describe('usage', () => {
  test.each([
    ['no command', [], 'A command is missing.'],
    ['an unknown command', ['rnu'], "unknown command 'rnu'\n(Did you mean run?)"],
    ['an unknown option', ['runs', '--frist'], "unknown option '--frist'"],
    ['a missing name', ['plan'], "missing required argument 'intent'"],
    ['one name too many', ['plan', 'a', 'b'], 'too many arguments'],
    ['a parameter without =', ['run', 'photos', '-p', 'x'], 'Write it as name=value'],
    ['a parameter without a name', ['run', 'photos', '-p', '=x'], 'Write it as name=value'],
    ['a parameter given twice', ['run', 'photos', '-p', 'a=1', '-p', 'a=2'], 'a is given twice'],
    ['a limit of none', ['runs', '-n', '0'], 'Give a number from 1 to 1000.'],
    ['a limit that is no number', ['runs', '-n', '5x'], 'Give a number from 1 to 1000.'],
    ['an unknown subcommand of audit', ['audit', 'verfy'], 'too many arguments'],
  ])('%s: 2', async (_case, argv, message) => {
    const { exitCode, out, err } = await here.run(argv);
    expect([exitCode, here.opened]).toEqual([2, 0]);
    expect(out + err).toContain(message);
    expect(out).toBe('');
    const json = await here.json(argv);
    expect([json.exitCode, json.value.error.code]).toEqual([2, 'usage']);
    expect(json.value.error.message.length).toBeGreaterThan(0);
  });

  test.each([['--help'], ['run', '--help'], ['help', 'plan'], ['audit', 'verify', '-h']])(
    '%s %s: help on stdout, 0, nothing is opened',
    async (...argv) => {
      const { exitCode, out, err } = await here.run(argv.filter((arg) => arg !== undefined));
      expect([exitCode, err, here.opened]).toEqual([0, '', 0]);
      expect(out).toMatch(/^Usage: chatops/);
      expect(out).toContain('--json');
    },
  );

  test('--version', async () => {
    expect(await here.run(['--version'])).toEqual({ exitCode: 0, out: '1.2.3\n', err: '' });
  });

  test('start hands over', async () => {
    expect([(await here.run(['start'])).exitCode, here.started, here.opened]).toEqual([0, 1, 0]);
  });

  test('--json may stand before the command', async () => {
    const { out } = await here.run(['--json', 'runs']);
    expect(JSON.parse(out)).toEqual([]);
  });
});

describe('what goes wrong before a command begins', () => {
  test('a wrong configuration: 2, every problem', async () => {
    const open = async () => {
      throw configInvalid([
        { variable: 'CHATOPS_HTTP_PORT', problem: 'must be a whole number.', remedy: 'Give a port.' },
        { variable: 'DISCORD_TOKEN', problem: 'is not set', remedy: 'Set it.' },
      ]);
    };
    const { exitCode, err } = await here.run(['runs'], { open });
    expect([exitCode, err]).toEqual([
      2,
      [
        'The configuration has 2 problems:',
        '  CHATOPS_HTTP_PORT must be a whole number.',
        '    Give a port.',
        '  DISCORD_TOKEN is not set',
        '    Set it.',
        'docs/configuration.md explains every variable; `chatops doctor` looks at everything else too.',
        '',
      ].join('\n'),
    ]);
  });

  test.each([
    [new StoreError('/data can’t be written.'), 1, 'store_unavailable', '/data can’t be written.'],
    [new TypeError('x is undefined'), 1, 'internal_error', 'ChatOps itself failed: x is undefined'],
    [new CliError(3, 'not_allowed', 'No.', 'Ask.'), 3, 'not_allowed', 'No.'],
  ])('%s', async (error, code, name, message) => {
    const open = async () => {
      throw error;
    };
    const { exitCode, value } = await here.json(['runs'], { open });
    expect([exitCode, value.error.code, value.error.message]).toEqual([code, name, message]);
    expect((await here.run(['runs'], { open })).err).not.toMatch(/\n\s+at /);
  });
});
