import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { watchIncidents } from '../../src/core/incidents/incident-watch.js';
import type { Incident } from '../../src/core/model/incident.js';
import type { LeftDown } from '../../src/core/model/left-down.js';
import type { Observation, Observed } from '../../src/core/model/observation.js';
import { phrase, plain } from '../../src/core/model/phrase.js';
import { notice } from '../../src/core/model/reasons.js';
import { alice, Installation, type Process, previewed, until } from './harness.js';

const AT = '2026-11-22T14:00:00.000Z';
const B: LeftDown = { key: 'service:shop/b', name: 'b', wanted: 1, state: 'stopped' };
const C: LeftDown = { key: 'service:shop/c', name: 'c', wanted: 2, state: 'restarting' };

let installation: Installation;
let bot: Process;
let observed: Observed;
let unwatch: () => void;
beforeEach(async () => {
  installation = await Installation.create();
  bot = await installation.start();
  await bot.deps.store.incidents.enroll('ops', AT);
  observed = { things: [thing('b', 'stopped'), thing('c', 'stopped'), thing('c', 'stopped')], notices: [] };
  const files = bot.deps.executors.get('files');
  if (!files) throw new Error('there is no executor for files');
  const executors = new Map([['files' as const, { ...files, observe: async () => observed }]]);
  unwatch = watchIncidents({ ...bot.deps, executors }, { everyMs: 20, steadyMs: 10_000 });
});
afterEach(async () => {
  unwatch();
  await installation.end();
});

function thing(name: string, state: Observation['state'], upFor = 60_000): Observation {
  const since = new Date(installation.now.getTime() - upFor).toISOString();
  return {
    key: `container:${name}`,
    of: `service:shop/${name}`,
    name,
    state,
    healthy: null,
    detail: [],
    since,
  };
}

/** A run that fails, and leaves these down, or succeeds. */
async function run(left: readonly LeftDown[] | null): Promise<void> {
  installation.world.during = async () =>
    left === null
      ? undefined
      : { state: 'failed', reason: 'rollback_failed', summary: [phrase`It broke.`], left };
  const { id } = await previewed(bot, 'photos');
  const decision = await bot.pipeline.decide(id, alice, 'confirm');
  if (decision.ok) await decision.done;
}

async function incident(): Promise<Incident> {
  const [id = ''] = await bot.deps.store.incidents.due('ops', 9);
  const found = await bot.deps.store.incidents.get(id);
  if (!found) throw new Error('there is no incident');
  return found;
}

async function lastText(): Promise<string> {
  const events = await bot.deps.store.incidents.events((await incident()).id, { after: 0, limit: 99 });
  return events.at(-1)?.text.map(plain).join(' ') ?? '';
}

/** Several looks have been taken meanwhile. */
async function looks(): Promise<void> {
  for (let look = 0; look < 10; look += 1) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('a later success of the intent ends nothing while what it left down is down', async () => {
  await run([B]);
  expect(await incident()).toMatchObject({ about: [B], resolved: null });
  await run(null);
  await looks();
  expect(await incident()).toMatchObject({ about: [B], resolved: null, count: 1 });
});

test('it ends when that runs, whoever started it, without any run', async () => {
  await run([B, C]);
  observed = { things: [thing('b', 'running'), thing('c', 'running'), thing('c', 'stopped')], notices: [] };
  await until(async () => (await incident()).about[0]?.state === 'running', 'b is seen');
  expect(await lastText()).toBe('b runs again.');
  expect((await incident()).resolved).toBeNull();
  observed = { things: [thing('b', 'running'), thing('c', 'running'), thing('c', 'running')], notices: [] };
  await until(async () => (await incident()).resolved !== null, 'the incident ends');
  expect(await incident()).toMatchObject({ resolved: { by: null } });
  expect(await lastText()).toBe('c runs again.');
});

test.each<[string, () => Observed]>([
  ['it has run for a moment only', () => ({ things: [thing('b', 'running', 2000)], notices: [] })],
  ['it is starting', () => ({ things: [thing('b', 'starting')], notices: [] })],
  ['it is unhealthy', () => ({ things: [{ ...thing('b', 'running'), healthy: false }], notices: [] })],
  ['another service runs', () => ({ things: [thing('a', 'running')], notices: [] })],
  ['nothing can be seen', () => ({ things: [], notices: [] })],
  [
    'Docker answers by half',
    () => ({ things: [thing('b', 'running')], notices: [notice('docker_unreachable', phrase`It is away.`)] }),
  ],
])('it lasts when %s', async (_what, seen) => {
  await run([B]);
  observed = seen();
  await looks();
  expect((await incident()).resolved).toBeNull();
});

test('without anything left down, a success ends it as ever', async () => {
  await run([]);
  await run(null);
  expect((await incident()).resolved).not.toBeNull();
});

test('what a run started is looked at after its end, and an alert follows when it crashes', async () => {
  const started = [{ key: 'service:shop/b', name: 'b', wanted: 1 }];
  observed = { things: [thing('b', 'running')], notices: [] };
  installation.world.during = async () => ({
    state: 'succeeded',
    reason: 'done',
    summary: [phrase`It ran.`],
    started,
  });
  const { id } = await previewed(bot, 'photos');
  const decision = await bot.pipeline.decide(id, alice, 'confirm');
  if (decision.ok) await decision.done;
  await looks();
  expect(await bot.deps.store.incidents.due('ops', 9)).toEqual([]);
  observed = { things: [{ ...thing('b', 'restarting'), restarts: 3 }], notices: [] };
  await until(async () => (await bot.deps.store.incidents.due('ops', 9)).length > 0, 'an alert');
  await looks();
  expect(await incident()).toMatchObject({
    about: [{ ...started[0], state: 'restarting' }],
    resolved: null,
    count: 1,
  });
  expect(await lastText()).toMatch(
    /^b was fine when the run ended; since then it keeps crashing: it was restarted 3 times\./,
  );
});

test('what somebody stopped after a run, or what crashes long after it, is no alert of it', async () => {
  const started = [{ key: 'service:shop/b', name: 'b', wanted: 1 }];
  observed = { things: [thing('b', 'stopped')], notices: [] };
  installation.world.during = async () => ({ state: 'succeeded', reason: 'done', summary: [], started });
  const { id } = await previewed(bot, 'photos');
  const decision = await bot.pipeline.decide(id, alice, 'confirm');
  if (decision.ok) await decision.done;
  await looks();
  installation.now = new Date(installation.now.getTime() + 11 * 60_000);
  observed = { things: [thing('b', 'crashed')], notices: [] };
  await looks();
  expect(await bot.deps.store.incidents.due('ops', 9)).toEqual([]);
});
