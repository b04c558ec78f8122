import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { REST } from 'discord.js';
import { phrase } from '../../../../src/core/model/phrase.js';
import { notice } from '../../../../src/core/model/reasons.js';
import type { Fault } from '../../../../src/core/ports/fault.js';
import { textOf } from '../../../../src/playground/driver/text.js';
import { faultTeller } from '../../../../src/surfaces/discord/alerts/tell-fault.js';
import { startWebhookAlerts } from '../../../../src/surfaces/discord/alerts/webhook-alerts.js';
import { channelMessages } from '../../../../src/surfaces/discord/channel-messages.js';
import { channelTurns } from '../../../../src/surfaces/discord/channel-turns.js';
import { AlertScene, PACE } from './alert-scene.js';

const GONE: Fault = {
  key: 'data-directory',
  notice: notice(
    'store_unavailable',
    phrase`The database was removed while ChatOps runs.`,
    phrase`Restart the bot.`,
  ),
  since: '2026-11-22T14:00:00.000Z',
  blocksRuns: true,
};
const TOLD =
  /^❌ \*\*Data directory in trouble\*\* · since [\s\S]*was removed[\s\S]*Nothing new runs meanwhile\.[\s\S]*Next: Restart the bot\./;

let scene: AlertScene;
beforeEach(async () => {
  scene = await AlertScene.create();
});
afterEach(async () => {
  const { violations } = scene.discord;
  await scene.end();
  expect(violations).toEqual([]);
});

test('the ops channel is told without the store, and once when the answer to the first try was lost', async () => {
  const rest = new REST({ api: scene.discord.apiUrl, retries: 0 }).setToken(scene.discord.token);
  const tell = faultTeller(channelMessages(rest, channelTurns()), scene.channelId, null);
  await tell(GONE);
  await tell(GONE);
  const texts = scene.discord.messages('alerts').map(textOf);
  expect(texts).toEqual([expect.stringMatching(TOLD)]);
});

test('the webhook is told without the store', async () => {
  const url = scene.discord.webhookUrl('ops');
  const { incidents } = scene.store;
  const alerts = startWebhookAlerts({
    url,
    incidents,
    redact: (data) => data,
    log: scene.log,
    now: scene.now,
    pace: PACE,
  });
  await alerts.tellFault(GONE);
  await alerts.end();
  expect(scene.discord.messages('ops').map(textOf)).toEqual([expect.stringMatching(TOLD)]);
});
