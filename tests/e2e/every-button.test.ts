import { chmod, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { textOf } from '../../src/playground/driver/text.js';
import type { StoredMessage } from '../../src/playground/world/world.js';
import { RUN_VERBS } from '../../src/surfaces/discord/render/buttons.js';
import { INCIDENT_VERBS } from '../../src/surfaces/discord/render/incident-buttons.js';
import { SCHEDULE_VERBS } from '../../src/surfaces/discord/render/schedule-buttons.js';
import { ComposeStack } from '../support/compose-stack.js';
import { describeWithDocker } from '../support/docker.js';
import { makeImage } from '../support/docker-images.js';
import { type Bot, runIdIn, Stage } from './stage.js';

// Real containers start and are watched for seconds each.
jest.setTimeout(240_000);

/** Every button that the bot can show, as its custom id without the run, incident or schedule in it. */
const ALL = [
  ...RUN_VERBS.map((verb) => `run ${verb}`),
  ...INCIDENT_VERBS.map((verb) => `incident ${verb}`),
  ...SCHEDULE_VERBS.map((verb) => `schedule ${verb}`),
  'form',
];

/** Offered only while something outside is away: circuits.test.ts presses it, on the built bot as well. */
const PRESSED_WHERE_ALL_IS_AWAY = ['run trynow'];

/** A tar that fails once, or waits, where the test wants it. */
const TAR = `#!/bin/sh
case "$*" in *checkpoint=1000*chosen*)
  if [ -e $HERE/broken ]; then rm $HERE/broken; echo "tar: the disk hiccupped" >&2; exit 2; fi
  while [ -e $HERE/slow ]; do sleep 0.05; done;;
esac
exec /bin/tar "$@"
`;

const KEY = 'a-key-of-the-test';
/** A preview, and not the note that it is still being planned, which has a Cancel too. */
const PREVIEW = /^(?![\s\S]*⏱ Planning…)[\s\S]*Cancel/;
const PATIENCE = { timeoutMs: 60_000 };

describeWithDocker('every button of every message, with the bot as it is built', () => {
  let stage: Stage;
  let bot: Bot;
  let stack: ComposeStack;
  beforeEach(async () => {
    stack = new ComposeStack();
    makeImage(`${stack.name}/app:1`, { version: '1' });
    stack.write({ web: { image: `${stack.name}/app:1`, pull_policy: 'never', stop_grace_period: '1s' } });
    stack.up();
    stage = await Stage.create({
      discord: { seed: { members: { alice: { roles: ['Admin'] }, bob: { roles: ['Admin'] } } } },
      env: { CHATOPS_API_KEY: KEY, CHATOPS_HTTP_RATE_LIMIT: '0' },
      envOf: (discord) => ({
        DISCORD_OPS_CHANNEL_ID: discord.channelId('alerts'),
        DISCORD_OPS_ROLE_ID: discord.roleId('Operator'),
      }),
    });
    await stage.files('src', { 'photos/a.txt': 'a', 'chosen/b.txt': 'b' });
    await stage.files('bin', { tar: TAR.replaceAll('$HERE', stage.dir) });
    await chmod(stage.path('bin', 'tar'), 0o755);
    const backup = (source: string, more: string) =>
      `action: backup\nbackup_type: files\nstack: media\nsource: ${stage.path('src', source)}\ndestination: ${stage.path('dst')}\ncompress: none\n${more}`;
    await stage.intent('photos', backup('photos', 'schedule: "0 3 1 1 *"\n'));
    await stage.intent('risky', backup('photos', 'confirm: two_people\n'));
    await stage.intent(
      'chosen',
      backup('chosen', 'params:\n  what: { type: choice, choices: [one, two], default: one }\n'),
    );
    await stage.intent(
      'evening',
      `action: steps\nstack: media\nsteps:\n  one:\n    intent: photos\n  two:\n    intent: chosen\n    needs: one\n`,
    );
    await stage.intent(
      'web',
      `action: scale\nstack: shop\ncompose: ${stack.file}\nservice: web\nreplicas: 2\nstable_for: 30s\ntimeout: 60s\n`,
    );
    bot = await stage.start({ PATH: `${stage.path('bin')}:${process.env.PATH}` });
  });
  afterEach(async () => {
    stack.clean();
    expect(await stage.end()).toEqual([]);
  });

  const as = (name: string) => stage.discord.as(name);
  const now = ({ id }: Pick<StoredMessage, 'id'>) => textOf(stage.discord.message(id) as StoredMessage);
  const breaks = () => writeFile(stage.path('broken'), '');

  /** Presses, and demands an answer in time. */
  async function press(message: Pick<StoredMessage, 'id'>, label: string, who = 'alice') {
    const handle = as(who).press(message, label);
    expect(await handle.settled()).toBe('answered');
    return handle;
  }
  const ask = (command: string, options: Record<string, string>) =>
    as('alice').slash(command, options).waitForMessage(PREVIEW, PATIENCE);
  const outcome = (preview: StoredMessage, word: string) =>
    as('alice').waitForMessage(
      ({ content }) => content.includes(runIdIn(now(preview))) && content.includes(word),
      { ...PATIENCE, what: word },
    );
  async function run(preview: StoredMessage, word: string): Promise<StoredMessage> {
    await press(preview, 'Confirm');
    return outcome(preview, word);
  }
  /** The preview that a button led to. */
  async function preview(message: Pick<StoredMessage, 'id'>, label: string) {
    const handle = await press(message, label);
    return handle.waitForMessage(PREVIEW, PATIENCE);
  }
  const card = (text: string) =>
    stage.discord.waitFor(
      () => stage.discord.messages('alerts').findLast((message) => textOf(message).includes(text)),
      { ...PATIENCE, what: `a card with "${text}"` },
    );
  const shows = (message: Pick<StoredMessage, 'id'>, text: string) =>
    stage.discord.waitFor(() => now(message).includes(text), { ...PATIENCE, what: text });

  /** What was pressed, in the form of {@link ALL}. */
  function pressed(): Set<string> {
    const ids = [...stage.discord.world.interactions.values()].map(({ data }) =>
      String(data.custom_id ?? ''),
    );
    return new Set(
      ids.map((id) => {
        const [kind = '', , verb] = id.split(':');
        return kind === 'form' ? kind : `${kind} ${verb}`;
      }),
    );
  }

  async function previews(): Promise<void> {
    const first = await ask('backup', { intent: 'photos' });
    await press(first, 'Show commands');
    await press(first, 'Cancel');
    await shows(first, 'Preview again');
    const done = await run(await preview(first, 'Preview again'), 'succeeded');
    await press(done, 'Details');

    const rejected = await ask('backup', { intent: 'risky' });
    await press(rejected, 'Reject', 'bob');
    await shows(rejected, 'Rejected');
    const approved = await ask('backup', { intent: 'risky' });
    await press(approved, 'Approve', 'bob');
    await outcome(approved, 'succeeded');

    const refused = await as('alice')
      .slash('backup', { intent: 'chosen', params: 'what=three' })
      .waitForMessage(/Change the values/);
    expect((await press(refused, 'Change the values')).modal()).not.toBeNull();
  }

  /** A muted and acknowledged card shows both, and every later change. */
  async function cards(): Promise<void> {
    await breaks();
    const failed = await run(await ask('backup', { intent: 'chosen' }), 'failed');
    const red = await card('**Backup failing** · chosen');
    expect(red.pings.roles).toEqual([stage.discord.roleId('Operator')]);
    await press(red, 'Mute');
    await shows(red, '🔕 Muted by');
    await press(red, 'Acknowledge');
    await shows(red, '👀 Acknowledged by');
    await press(await preview(red, 'Retry'), 'Cancel');
    await run(await preview(failed, 'Retry'), 'succeeded');
    await shows(red, '**Backup works again**');
    await press(red, 'Details');

    await breaks();
    await run(await ask('backup', { intent: 'chosen' }), 'failed');
    const again = await card('**Backup failing** · chosen');
    await press(again, 'Resolve');
    await shows(again, 'resolved by hand');
  }

  async function runs(): Promise<void> {
    await writeFile(stage.path('slow'), '');
    const slow = await ask('backup', { intent: 'chosen' });
    await press(slow, 'Confirm');
    await shows(slow, 'started <t:');
    await press(slow, 'Stop');
    await rm(stage.path('slow'));
    const stopped = await outcome(slow, 'cancelled');
    await press(await preview(stopped, 'Run again'), 'Cancel');

    await breaks();
    const cut = await run(await ask('steps', { intent: 'evening' }), 'failed');
    await run(await preview(cut, 'Resume'), 'succeeded');
  }

  async function schedules(): Promise<void> {
    const shown = await as('alice').slash('schedules', { name: 'photos' }).waitForMessage('photos');
    await press(shown, 'Pause');
    const paused = await as('alice').waitForMessage('photos is paused');
    await press(paused, 'Resume');
    await as('alice').waitForMessage('runs again', { after: paused });
    await press(await preview(shown, 'Run now'), 'Cancel');
  }

  /** What can't begin over HTTP has a card; the next success turns it green. */
  async function overHttp(): Promise<void> {
    const call = (body: object) =>
      bot.url().then((url) =>
        fetch(`${url}/run`, {
          method: 'POST',
          headers: { 'x-api-key': KEY, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      );
    stage.expectLog(/"reason":"blocked".*a call was refused/);
    await rm(stage.path('dst'), { recursive: true });
    await writeFile(stage.path('dst'), 'in the way');
    expect((await call({ name: 'photos', attended: true })).status).toBe(409);
    expect((await call({ name: 'photos' })).status).toBe(409);
    const red = await card('**Backup could not start** · photos');
    expect(now(red)).not.toContain('2 times');
    await rm(stage.path('dst'));
    expect((await call({ name: 'photos' })).status).toBe(200);
    await shows(red, '**Backup works again**');
  }

  async function killed(): Promise<void> {
    const scaled = await ask('scale', { intent: 'web' });
    await press(scaled, 'Confirm');
    await stage.discord.waitFor(() => stack.running().length === 2, PATIENCE);
    await bot.kill9();
    bot = await stage.start({ PATH: `${stage.path('bin')}:${process.env.PATH}` });
    const interrupted = await outcome(scaled, 'interrupted');
    await press(await preview(interrupted, 'Roll back'), 'Cancel');
  }

  test('each is pressed, answered in time, and leaves no word of trouble in the log', async () => {
    await previews();
    await cards();
    await runs();
    await schedules();
    await overHttp();
    await killed();
    expect(ALL.filter((button) => !pressed().has(button))).toEqual(PRESSED_WHERE_ALL_IS_AWAY);
  });
});
