import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createIncidentDesk, type IncidentDesk } from '../../src/core/incidents/incident-desk.js';
import { forgetOldIncidents } from '../../src/core/incidents/incident-retention.js';
import { sampleAlert } from '../store/contract/incidents.js';
import { alice, Installation, mallory, type Process, until } from './harness.js';

let installation: Installation;
let bot: Process;
let desk: IncidentDesk;
beforeEach(async () => {
  installation = await Installation.create();
  bot = await installation.start();
  desk = createIncidentDesk(bot.deps);
  await bot.deps.store.incidents.raise(sampleAlert('failed', 0));
});
afterEach(() => installation.end());

const get = () => bot.deps.store.incidents.get('i-1');

test('each deed is kept with who and when, and audited', async () => {
  for (const deed of [desk.acknowledge, desk.mute, desk.resolve]) {
    expect(await deed('i-1', alice, 'discord')).toMatchObject({ ok: true });
  }
  const at = installation.now.toISOString();
  const by = { kind: 'user', id: '1', name: 'alice' };
  expect(await get()).toMatchObject({
    acknowledged: { by, at },
    muted: { by, until: '2026-11-22T22:00:00.000Z' },
    resolved: { by, at },
  });
  const rows = await bot.deps.store.audit.list(9);
  expect(rows.map(({ event, actor, intent, detail }) => [event, actor, intent, detail])).toEqual(
    ['resolved', 'muted', 'acknowledged'].map((event) => [event, by, 'plex-files', { incident: 'i-1' }]),
  );
});

test('without rights nothing is changed; the try is audited, and a security alert', async () => {
  for (const deed of [desk.acknowledge, desk.mute, desk.resolve, desk.look]) {
    expect(await deed('i-1', mallory, 'discord')).toMatchObject({
      ok: false,
      notice: { code: 'not_allowed' },
    });
  }
  expect(await get()).toMatchObject({ acknowledged: null, muted: null, resolved: null });
  expect((await bot.deps.store.audit.list(9)).map(({ event }) => event)).toEqual(Array(4).fill('refused'));
  expect(await bot.deps.store.incidents.get('i-2')).toMatchObject({ key: 'security', count: 4 });
  expect(bot.events.map(({ type }) => type)).toEqual(Array(4).fill('denied'));
  expect(await desk.mute('i-2', mallory, 'discord')).toMatchObject({ ok: false });
  expect(await desk.resolve('i-2', alice, 'discord')).toMatchObject({ ok: true });
});

test('what is over or unknown is said to be so', async () => {
  await desk.resolve('i-1', alice, 'discord');
  expect(await desk.acknowledge('i-1', alice, 'discord')).toMatchObject({
    ok: false,
    notice: { code: 'incident_over' },
  });
  expect(await desk.mute('i-9', alice, 'discord')).toMatchObject({
    ok: false,
    notice: { code: 'incident_unknown' },
  });
});

test('30 days after it was resolved an incident is forgotten', async () => {
  await desk.resolve('i-1', alice, 'discord');
  forgetOldIncidents(bot.deps, [])();
  expect(await get()).not.toBeNull();
  installation.now = new Date(installation.now.getTime() + 31 * 24 * 60 * 60 * 1000);
  forgetOldIncidents(bot.deps, [])();
  await until(async () => (await get()) === null, 'it is forgotten');
});
