import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { buttonsOf, textOf } from '../../src/playground/driver/text.js';
import { expectQuiet, expectTurnedDown } from './answers.js';
import { Stage } from './stage.js';
import { expectUnchanged, worldOf } from './world-state.js';

const REMEDY = 'Run `chatops validate`; it names the file, the line and what would be right.';
const REMOVE = 'Remove it; docs/intents.md lists the options that can be used.';

/** An intent file that can't be used: where `validate` points, and what it says. */
interface Broken {
  readonly name: string;
  readonly yaml: string;
  readonly problems: readonly { at: string; field: string; message: string; hint: string }[];
}

const BROKEN: readonly Broken[] = [
  {
    name: 'broken-yaml',
    yaml: 'action: backup\nbackup_type: files\nsource: [/srv\n',
    problems: [
      {
        at: '4:1',
        field: '',
        message: 'The indent does not fit the lines before, or a list in [ ] is not closed.',
        hint: 'Begin each field at the start of a line, and close each [ with ].',
      },
    ],
  },
  {
    name: 'unknown-field',
    yaml: 'action: backup\nbackup_type: files\nsorce: /srv\nsource: /srv\ndestination: /backups\n',
    problems: [
      {
        at: '3:1',
        field: 'sorce',
        message: 'sorce is not a field of a files backup.',
        hint: 'Did you mean source?',
      },
    ],
  },
  {
    name: 'wrong-type',
    yaml: 'action: backup\nbackup_type: files\nsource: /srv\ndestination: /backups\nretention_days: soon\n',
    problems: [
      {
        at: '5:17',
        field: 'retention_days',
        message: 'retention_days is "soon", but it must be a whole number.',
        hint: 'Write a whole number, such as retention_days: 10.',
      },
    ],
  },
  {
    name: 'duplicate-key',
    yaml: 'action: backup\nbackup_type: files\nsource: /srv\nsource: /etc\ndestination: /backups\n',
    problems: [
      {
        at: '4:1',
        field: 'source',
        message: 'source is there twice, first on line 3.',
        hint: 'Keep one of the two lines.',
      },
    ],
  },
  {
    name: 'shell-option',
    yaml: 'action: backup\nbackup_type: docker_volumes\nsource: /srv\ndestination: /backups/m\noptions: ["-e", "sh"]\n',
    problems: [
      {
        at: '5:11',
        field: 'options[0]',
        message: 'options[0] is "-e", but it runs a program of its own.',
        hint: 'A port and a key are fields of the intent, `ssh_port: 22` and `ssh_key: /root/.ssh/id_ed25519`; write anything else into ~/.ssh/config of the bot’s user.',
      },
      {
        at: '5:17',
        field: 'options[1]',
        message: 'options[1] is "sh", but it is no option; an option and its value are one entry.',
        hint: 'Write both together, such as --exclude=*.tmp.',
      },
    ],
  },
  {
    name: 'program-option',
    yaml: 'action: backup\nbackup_type: docker_volumes\nsource: /srv\ndestination: /backups/m\noptions: ["--rsync-path=/tmp/evil"]\n',
    problems: [
      {
        at: '5:11',
        field: 'options[0]',
        message: 'options[0] is "--rsync-path=/tmp/evil", but it runs a program of its own.',
        hint: REMOVE,
      },
    ],
  },
];

let stage: Stage;

beforeEach(async () => {
  stage = await Stage.create();
  await stage.files('src', { 'a.txt': 'alpha' });
  await stage.files('dst', { 'photos/kept.txt': 'kept' });
  await stage.intent(
    'photos',
    `action: backup\nbackup_type: files\nsource: ${stage.path('src')}\ndestination: ${stage.path('dst', 'photos')}\n`,
  );
  // An intent outside the folder, which no name may reach.
  await stage.files('.', {
    'x.yaml': `action: backup\nbackup_type: files\nsource: ${stage.path('src')}\ndestination: ${stage.path('dst')}\n`,
  });
});

afterEach(async () => {
  await stage.end();
});

describe('intent files that can’t be used', () => {
  test.each(BROKEN)(
    '$name: the line, what is wrong and what would be right; the others work',
    async ({ name, yaml, problems }) => {
      await stage.intent(name, yaml);
      const before = worldOf(stage);
      const file = stage.path('intents', `${name}.yaml`);

      const validated = await stage.cli(['validate']);
      expect(validated).toMatchObject({ code: 1, stderr: '' });
      const lines = problems.flatMap(({ at, message, hint }) => [`${file}:${at} ${message}`, `  ${hint}`]);
      expect(validated.stdout).toBe(`${[...lines, `❌ 1 intent file is not valid: ${file}`].join('\n')}\n`);
      const json = await stage.json<{ ok: boolean; problems: object[] }>(['validate']);
      expect(json).toMatchObject({
        ok: false,
        problems: problems.map(({ at, field, message, hint }) => {
          const [line, column] = at.split(':').map(Number);
          return { file, line, column, field, message, hint };
        }),
      });

      const [first] = problems;
      const line = first?.at.split(':')[0];
      await expectTurnedDown(stage, ['run', name, '--yes'], {
        exitCode: 3,
        code: 'intent_invalid',
        message: `${name} can’t be used: ${first?.message.replace(/\.$/, '')} (line ${line} of its file).`,
        remedy: REMEDY,
      });
      expect(await stage.json<object[]>(['runs'])).toEqual([]);
      expect(await stage.cli(['plan', 'photos'])).toMatchObject({ code: 0 });
      expectUnchanged(stage, before);
    },
    60_000,
  );

  test('in Discord the bot starts all the same, offers what works, and says privately what is wrong', async () => {
    for (const { name, yaml } of BROKEN) await stage.intent(name, yaml);
    const before = worldOf(stage);
    stage.expectLog(...BROKEN.map(({ name }) => new RegExp(`intents/${name}\\.yaml.*intent has a problem`)));
    await stage.start();
    const alice = stage.discord.as('alice');
    expect((await alice.autocomplete('backup', 'intent', '')).map(({ value }) => value)).toEqual(['photos']);
    for (const { name, problems } of BROKEN) {
      const answer = await alice.slash('backup', { intent: name }).waitForMessage();
      expect(answer.visibleTo).toBe(alice.id);
      expect(readable(textOf(answer))).toBe(
        `🔒 Refused: ${name} can’t be used: ${problems[0]?.message.replace(/\.$/, '')} (line ${problems[0]?.at.split(':')[0]} of its file). ${REMEDY.replaceAll('`', '')}`,
      );
      expect(buttonsOf(answer)).toEqual([]);
    }
    expect(await stage.json<object[]>(['runs'])).toEqual([]);
    expectUnchanged(stage, before);
    expectQuiet(stage);
  }, 60_000);
});

describe('names that leave the folder', () => {
  const NAMES = ['../intents/photos', '/etc/passwd', 'photos.yaml', '@everyone'];

  test('on the command line', async () => {
    const before = worldOf(stage);
    for (const command of [['run', '--yes'], ['plan']] as const) {
      const [verb, ...flags] = command;
      await expectTurnedDown(stage, [verb, '../x', ...flags], {
        exitCode: 2,
        code: 'intent_unknown',
        message: 'There is no intent ../x.',
        remedy: 'Look at /intents or `chatops intents` for the exact names.',
      });
    }
    for (const name of NAMES) {
      const ended = await stage.cli(['run', '--yes', '--json', '--', name]);
      expect(ended.code).toBe(2);
      expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'intent_unknown' } });
    }
    await expectTurnedDown(stage, ['show', '../x'], {
      exitCode: 2,
      code: 'run_unknown',
      message: 'There is no run ../x.',
      remedy: 'chatops runs lists the last ones.',
    });
    expect(await stage.json<object[]>(['runs'])).toEqual([]);
    expectUnchanged(stage, before);
  }, 60_000);

  test('as the value of a Discord option', async () => {
    const before = worldOf(stage);
    await stage.start();
    const alice = stage.discord.as('alice');
    for (const name of NAMES) {
      const answer = await alice.slash('backup', { intent: name }).waitForMessage(/There is no intent/);
      expect(answer.visibleTo).toBe(alice.id);
      expect(buttonsOf(answer)).toEqual([]);
    }
    const answer = await alice.slash('backup', { intent: '../x' }).waitForMessage();
    expect(textOf(answer)).toBe(
      'There is no intent `../x`. Look at /intents or `chatops intents` for the exact names.',
    );
    const run = await alice.slash('run', { id: '../x' }).waitForMessage();
    expect(textOf(run)).toBe('There is no run `../x`. Look at /runs for the last ones.');
    expect(await alice.autocomplete('backup', 'intent', '../')).toEqual([]);
    expect(await stage.json<object[]>(['runs'])).toEqual([]);
    expectUnchanged(stage, before);
    expectQuiet(stage);
  }, 60_000);
});

/** A message as it is read: without the signs that mark code and escape markup. */
function readable(markdown: string): string {
  return markdown.replace(/\\(?=[^\w\s])/g, '').replaceAll('`', '');
}
