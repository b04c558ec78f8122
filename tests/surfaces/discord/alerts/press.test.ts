import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createRefusalAudit } from '../../../../src/core/access/refusal-audit.js';
import { createIncidentDesk } from '../../../../src/core/incidents/incident-desk.js';
import type { Faults } from '../../../../src/core/ports/fault.js';
import { Redactor } from '../../../../src/core/ports/redact.js';
import type { Store } from '../../../../src/core/ports/store.js';
import { buttonsOf, textOf } from '../../../../src/playground/driver/text.js';
import { type LocalDiscord, startLocalDiscord } from '../../../../src/playground/local-discord.js';
import { type DiscordSurface, startDiscord } from '../../../../src/surfaces/discord/start.js';
import { sampleAlert } from '../../../store/contract/incidents.js';
import { openTemporary } from '../../../store/opened.js';
import { rulesOf } from '../../../support/rules.js';
import { NO_SCHEDULES } from '../../../support/schedules.js';
import { type FakePipeline, fakePipeline, intentNamed } from '../fake-pipeline.js';
import { AWAITING, ended } from '../sample-runs.js';
import { keptLog } from '../surface.js';
import { PACE } from './alert-scene.js';

let discord: LocalDiscord;
let store: Store;
let surface: DiscordSurface;
let fake: FakePipeline;
let dispose: () => Promise<void>;
const log = keptLog();
const now = (): Date => new Date();

beforeEach(async () => {
  discord = await startLocalDiscord();
  ({ store, dispose } = await openTemporary());
  fake = fakePipeline([intentNamed('plex-files')], now);
  fake.put({
    ...ended(AWAITING, { state: 'failed', reason: 'command_failed' }),
    id: 'r-1',
    intent: 'plex-files',
    // Its channel isn't there, and an outcome that nobody was told yet would come here as well.
    reported: true,
  });
  const channelId = discord.channelId('alerts');
  await store.incidents.enroll(`ops:${channelId}`, new Date(0).toISOString());
  await store.incidents.raise(sampleAlert('failed', 0, { runId: 'r-1', at: now().toISOString() }));
  const { pipeline } = fake;
  const desk = createIncidentDesk({
    store,
    events: pipeline.events,
    faults: { accept: async () => false } as unknown as Faults,
    refusals: createRefusalAudit({ store, log, now }),
    catalogue: fake.catalogue,
    policy: rulesOf(),
    redactor: new Redactor(),
    log,
    now,
  });
  surface = await startDiscord({
    pipeline,
    catalogue: fake.catalogue,
    runs: fake.runs,
    artifacts: fake.artifacts,
    schedules: NO_SCHEDULES,
    redact: new Redactor().data,
    log,
    now,
    alerts: { incidents: store.incidents, desk },
    config: {
      token: discord.token,
      guildId: discord.guildId,
      apiUrl: discord.apiUrl,
      opsChannelId: channelId,
      alertPace: PACE,
    },
  });
});
afterEach(async () => {
  await surface.stop();
  await discord.close();
  await dispose();
});

const card = () => discord.messages('alerts').filter(({ author }) => author.id === discord.userId('bot'))[0];
const cardSays = (wanted: RegExp) =>
  discord.waitFor(() => (wanted.test(textOf(card() ?? never())) ? card() : null));
function never(): never {
  throw new Error('there is no card');
}
async function shown() {
  return discord.waitFor(card);
}

test('Acknowledge, Mute and Resolve change the card and say who; the thread has them too', async () => {
  const message = await shown();
  expect(buttonsOf(message)).toEqual(['Acknowledge', 'Retry', 'Mute 8 h', 'Resolve']);
  const alice = discord.as('alice');
  alice.press(message, 'Acknowledge');
  await cardSays(/👀 Acknowledged by <@\d+>/);
  alice.press(message, 'Mute');
  await cardSays(/🔕 Muted by <@\d+> until/);
  expect(buttonsOf(card() ?? never())).toEqual(['Retry', 'Resolve']);
  alice.press(message, 'Resolve');
  const over = await cardSays(/✔ \*\*Backup resolved by hand\*\*/);
  expect(buttonsOf(over)).toEqual(['Details']);
  await discord.waitFor(() => /Resolved by hand/.test(discord.messages(message.id).map(textOf).join()));
  const thread = discord.messages(message.id).map(textOf).join('\n');
  for (const deed of ['Acknowledged', 'Muted for 8 hours', 'Resolved by hand'])
    expect(thread).toContain(`**${deed}** by <@`);
  expect(discord.messages(message.id).flatMap(({ pings }) => pings.users)).toEqual([]);
  const reply = await alice.press(over, 'Details').waitForMessage(/r-1/);
  expect(reply.visibleTo).toBe(alice.id);
});

test('Retry opens a preview for the one who pressed', async () => {
  const message = await shown();
  const preview = await discord
    .as('bob')
    .press(message, 'Retry')
    .waitForMessage(/Confirm/);
  expect(textOf(preview)).toContain(`asked by <@${discord.userId('bob')}>`);
  expect(fake.run('r-0002').previous).toBe('r-1');
});

test.each(['Acknowledge', 'Retry', 'Mute', 'Resolve'])(
  '%s is refused privately without rights',
  async (button) => {
    const message = await shown();
    const victor = discord.as('victor');
    const reply = await victor.press(message, button).waitForMessage(/Refused/);
    expect(reply.visibleTo).toBe(victor.id);
    expect(await store.incidents.get('i-1')).toMatchObject({
      acknowledged: null,
      muted: null,
      resolved: null,
    });
    expect((await store.audit.list(5)).map(({ event }) => event)).toContain('refused');
  },
);

test('permissions that the bot lacks in the channel are named, and alerts come when they are given', async () => {
  await shown();
  discord.setChannelPermissions('alerts', 'bot', { deny: ['ATTACH_FILES', 'CREATE_PUBLIC_THREADS'] });
  // A refusal can arrive before the client knows of the changed permissions.
  await discord.waitFor(() => surface.alertProblem()?.includes('lacks') === true);
  expect(surface.alertProblem()).toBe(
    'The bot lacks Attach Files, Create Public Threads in #alerts. Give them to its role there: channel settings › Permissions.',
  );
  discord.setChannelPermissions('alerts', 'bot', {});
  await discord.waitFor(() => surface.alertProblem() === null);
});
