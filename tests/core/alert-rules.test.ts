import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSecurityReports } from '../../src/core/incidents/security-reports.js';
import { alertOf, type EndedRun } from '../../src/core/model/alert-rules.js';
import type { AlertEvent, Incident } from '../../src/core/model/incident.js';
import { phrase, plain } from '../../src/core/model/phrase.js';
import type { ReasonCode } from '../../src/core/model/reasons.js';
import { FINAL_STATES, type FinalState } from '../../src/core/model/run.js';
import { alice, Installation, mallory, type Process, previewed, request } from './harness.js';

const AT = '2026-11-22T14:00:00.000Z';
const PLAN = {
  intent: 'photos',
  action: 'backup',
  stack: 'media',
  plannedAt: AT,
  parts: [],
  touches: [],
  fingerprint: '',
} as const;

function ended(state: FinalState, reason: ReasonCode, change: Partial<EndedRun> = {}): EndedRun {
  const outcome = { state, reason, summary: [phrase`It happened.`], warnings: [], tail: [] };
  return {
    id: 'r-1',
    intent: 'photos',
    action: 'backup',
    stack: 'media',
    actor: alice,
    source: 'discord',
    dryRun: false,
    state,
    outcome,
    plan: PLAN,
    startedAt: null,
    shown: null,
    ...change,
  };
}

describe('which ends of a run raise an alert', () => {
  test.each<[what: string, run: EndedRun, kind: string | null]>([
    ['failed', ended('failed', 'destination_full'), 'failed'],
    ['through a defect', ended('failed', 'internal_error'), 'failed'],
    ['rolled back', ended('rolled_back', 'not_healthy'), 'rolled_back'],
    [
      'a roll back that somebody asked for',
      ended('rolled_back', 'process_died', { plan: { ...PLAN, undoes: 'r-0' } }),
      null,
    ],
    [
      'that roll back when it fails',
      ended('failed', 'rollback_failed', { plan: { ...PLAN, undoes: 'r-0' } }),
      'failed',
    ],
    ['interrupted by a crash', ended('interrupted', 'process_died'), 'interrupted'],
    ['interrupted by a shutdown', ended('interrupted', 'shutdown'), 'interrupted'],
    ['stopped', ended('cancelled', 'stopped'), null],
    ['stopped, and rolled back for that', ended('rolled_back', 'stopped'), null],
    ['stopped, and something stayed broken', ended('failed', 'container_not_back'), 'failed'],
    ['cancelled', ended('cancelled', 'cancelled_by_asker'), null],
    ['expired', ended('expired', 'not_confirmed_in_time'), null],
    ['changed', ended('plan_changed', 'plan_changed'), null],
    ['changed in the middle', ended('plan_changed', 'plan_changed', { startedAt: AT }), null],
    [
      'changed in the middle at night',
      ended('plan_changed', 'plan_changed', { startedAt: AT, source: 'schedule' }),
      'interrupted',
    ],
    ['blocked, in front of the asker', ended('refused', 'blocked'), null],
    ['blocked at night', ended('refused', 'blocked', { source: 'schedule' }), 'refused'],
    ['blocked for a webhook', ended('refused', 'internal_error', { source: 'webhook' }), 'refused'],
    ['blocked over HTTP', ended('refused', 'blocked', { source: 'http' }), 'refused'],
    [
      'blocked over HTTP, where somebody looks',
      ended('refused', 'blocked', { source: 'http', shown: { surface: 'http', attended: true } }),
      null,
    ],
    [
      'changed before it began, over HTTP',
      ended('plan_changed', 'plan_changed', { source: 'http' }),
      'refused',
    ],
    [
      'changed before it began, at night',
      ended('plan_changed', 'plan_changed', { source: 'schedule' }),
      null,
    ],
    ['refused for rights', ended('refused', 'not_allowed'), 'denied'],
    ['refused for the label', ended('refused', 'label_mismatch', { source: 'schedule' }), 'denied'],
    ['succeeded', ended('succeeded', 'done'), 'recovered'],
    ['no outcome', ended('failed', 'internal_error', { outcome: null }), null],
  ])('%s', (_what, run, kind) => {
    expect(alertOf(run, AT)?.event.kind ?? null).toBe(kind);
  });

  test('a dry run raises nothing, however it ends', () => {
    expect(FINAL_STATES.map((state) => alertOf(ended(state, 'blocked', { dryRun: true }), AT))).toEqual(
      FINAL_STATES.map(() => null),
    );
  });

  test('the event says what happened, and keeps no rights', () => {
    const run = ended('failed', 'destination_full');
    expect(alertOf(run, AT)).toEqual({
      subject: { key: 'intent:photos', intent: { name: 'photos', action: 'backup', stack: 'media' } },
      event: {
        kind: 'failed',
        at: AT,
        runId: 'r-1',
        reason: 'destination_full',
        by: { kind: 'user', id: '1', name: 'alice' },
        text: [['It happened.']],
        count: 1,
        mark: null,
      },
    });
  });
});

describe('in the pipeline', () => {
  let installation: Installation;
  let bot: Process;
  beforeEach(async () => {
    installation = await Installation.create();
    bot = await installation.start();
    await bot.deps.store.incidents.enroll('test', AT);
  });
  afterEach(() => installation.end());

  async function run(intent: string, more = {}): Promise<string> {
    const { id } = await previewed(bot, intent, more);
    const decision = await bot.pipeline.decide(id, alice, 'confirm');
    if (!decision.ok) throw new Error(decision.notice.code);
    await decision.done;
    return id;
  }
  async function alerts(): Promise<{ incident: Incident | null; events: readonly AlertEvent[] }[]> {
    const { incidents } = bot.deps.store;
    const ids = await incidents.due('test', 10);
    return Promise.all(
      ids.map(async (id) => ({
        incident: await incidents.get(id),
        events: await incidents.events(id, { after: 0, limit: 10 }),
      })),
    );
  }

  test.each([
    [
      'webhook',
      { kind: 'webhook', id: 'github:anna/media', name: 'anna/media' },
      'The webhook of anna/media',
    ],
    ['http', { kind: 'api_key', id: 'ci', name: 'ci' }, 'The API key ci'],
  ] as const)('a %s’s request that is turned down before it is a run', async (source, actor, who) => {
    await bot.pipeline.admit(request('nonsense', { source, actor }));
    await bot.pipeline.admit(request('nonsense', { source, actor, dryRun: true }));
    expect(await alerts()).toMatchObject([
      {
        incident: { key: 'intent:nonsense', count: 1 },
        events: [{ kind: 'refused', reason: 'intent_unknown' }],
      },
    ]);
    const [first] = (await alerts())[0]?.events[0]?.text ?? [];
    expect(first && plain(first)).toMatch(new RegExp(`^${who} could not run it\\. `));
  });

  test('failures of one intent are one incident, which its success ends', async () => {
    installation.redactor.add('hunter22');
    installation.world.during = async () => ({
      state: 'failed',
      reason: 'command_failed',
      summary: [phrase`tar said hunter22.`],
    });
    const ids = [await run('photos'), await run('photos'), await run('films')];
    installation.world.during = async () => undefined;
    const good = await run('photos');
    const [films, photos] = await alerts();
    expect(photos?.events.map(({ kind, runId }) => [kind, runId])).toEqual([
      ['failed', ids[0]],
      ['failed', ids[1]],
      ['recovered', good],
    ]);
    expect(photos?.incident).toMatchObject({ count: 2, resolved: { by: null } });
    expect(films?.incident).toMatchObject({ count: 1, resolved: null });
    expect(JSON.stringify([films, photos])).not.toContain('hunter22');
  });

  test('a run whose process died is an alert of the one who tidied up', async () => {
    installation.world.during = installation.hang;
    const { id } = await previewed(bot, 'photos');
    await bot.pipeline.decide(id, alice, 'confirm');
    while (installation.world.entered.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const other = await installation.start();
    other.hosts.dead.add(100);
    await other.ownership.recoverDead();
    const [found] = await alerts();
    expect(found?.events.map(({ kind, runId }) => [kind, runId])).toEqual([['interrupted', id]]);
  });

  test('who asks for what they may not is counted on the one security incident', async () => {
    for (const intent of ['photos', 'photos', 'nonsense'])
      await bot.pipeline.admit(request(intent, { actor: mallory }));
    const { id } = await previewed(bot, 'photos');
    await bot.pipeline.decide(id, mallory, 'confirm');
    await bot.pipeline.admit(request('nonsense'));
    const found = await alerts();
    expect(found).toHaveLength(1);
    expect(found[0]?.incident).toMatchObject({ intent: null, count: 3 });
    expect(
      found[0]?.events.map(({ by, count, reason, text }) => [by?.name, count, reason, text.map(plain)]),
    ).toEqual([['mallory', 3, 'not_allowed', ['mallory asked for nonsense without the right to it.']]]);
  });

  test('refusals without a request are collected, and many sources can’t make many rows', async () => {
    installation.redactor.add('secret-address');
    const reports = createSecurityReports(bot.deps);
    for (let call = 0; call < 500; call += 1)
      reports.report({ reason: 'invalid_key', from: `10.0.0.${call % 100}` });
    reports.report({ reason: 'invalid_key', from: '10.0.0.0' });
    await reports.end();
    reports.report({ reason: 'invalid_key', from: '10.0.0.1' });
    await reports.end();
    const late = createSecurityReports(bot.deps);
    late.report({ reason: 'ip_blocked', from: 'secret-address' });
    await late.end();
    const [found] = await alerts();
    expect(found?.incident).toMatchObject({ count: 502 });
    const troubles = await bot.deps.store.incidents.troubles(found?.incident?.id ?? '', 100);
    expect(troubles).toHaveLength(22);
    expect(troubles.map(({ text }) => text.map(plain).join())).toEqual(
      expect.arrayContaining([
        'A call from 10.0.0.0 was refused: invalid_key.',
        'A call from other addresses was refused: invalid_key.',
        'A call from •••• was refused: ip_blocked.',
      ]),
    );
  });
});
