import { afterEach, describe, expect, test } from '@jest/globals';
import { phrase } from '../../../../src/core/model/phrase.js';
import { notice, type ReasonCode } from '../../../../src/core/model/reasons.js';
import type { FinalState, Run } from '../../../../src/core/model/run.js';
import type { Metrics } from '../../../../src/surfaces/http/metrics/metrics.js';
import { parseExposition } from '../../../support/exposition.js';
import { startMetrics } from './sources.js';

const RUN: Run = {
  id: 'r-1111',
  intent: 'photos',
  action: 'backup',
  stack: 'media',
  params: {},
  actor: { kind: 'user', id: '1', name: 'alice' },
  source: 'discord',
  dryRun: false,
  state: 'awaiting',
  createdAt: '2026-11-22T14:00:00.000Z',
  expiresAt: null,
  decidedBy: null,
  queuedAt: null,
  startedAt: null,
  finishedAt: null,
  owner: null,
  plan: {
    intent: 'photos',
    action: 'backup',
    stack: 'media',
    plannedAt: '2026-11-22T14:00:00.000Z',
    parts: [],
    touches: [],
    fingerprint: '',
  },
  outcome: null,
  progress: null,
  shown: null,
  reported: false,
  stopRequestedBy: null,
  previous: null,
};

function ended(state: FinalState, reason: ReasonCode, ran: boolean): Run {
  return {
    ...RUN,
    state,
    startedAt: ran ? '2026-11-22T14:01:00.000Z' : null,
    finishedAt: '2026-11-22T14:01:52.000Z',
    outcome: { state, reason, summary: [], warnings: [], tail: [] },
  };
}

let metrics: Metrics | undefined;
afterEach(() => metrics?.close());

function start() {
  const started = startMetrics();
  metrics = started.metrics;
  return started;
}

/** Samples of the text format, `name{labels}` → value, label order as it is printed. */
async function scrape(from: Metrics): Promise<Map<string, number>> {
  const families = parseExposition(await from.render());
  const samples = [...families.values()].flatMap((family) => family.samples);
  return new Map(
    samples.map(({ name, labels, value }) => {
      const text = Object.entries(labels).map(([label, word]) => `${label}="${word}"`);
      return [text.length === 0 ? name : `${name}{${text.join()}}`, value];
    }),
  );
}

function denied(intent: string, code: ReasonCode) {
  return {
    type: 'denied',
    notice: notice(code, phrase`No.`),
    request: {
      intent,
      params: {},
      actor: { kind: 'user', id: '3', name: 'mallory' },
      source: 'discord',
      dryRun: false,
    },
  } as const;
}

describe('metrics', () => {
  test('a run that succeeds is a request with a duration and no failure', async () => {
    const { events, metrics } = start();
    events.emit({ type: 'planned', run: RUN });
    events.emit({ type: 'running', run: { ...RUN, state: 'running' } });
    expect((await scrape(metrics)).get('chatops_runs_running')).toBe(1);
    events.emit({ type: 'finished', run: ended('succeeded', 'done', true) });
    const samples = await scrape(metrics);
    const request = 'intent_name="photos",action="backup",stack="media",dry_run="false"';
    expect(samples.get(`chatops_intent_requests_total{${request}}`)).toBe(1);
    expect(samples.get('chatops_intent_duration_seconds_sum{intent_name="photos",action="backup"}')).toBe(52);
    expect(
      samples.get('chatops_intent_duration_seconds_bucket{le="60",intent_name="photos",action="backup"}'),
    ).toBe(1);
    expect(
      samples.get('chatops_intent_duration_seconds_bucket{le="15",intent_name="photos",action="backup"}'),
    ).toBe(0);
    expect(samples.get('chatops_runs_running')).toBe(0);
    expect(samples.get('chatops_runs_total{state="succeeded"}')).toBe(1);
    expect([...samples.keys()].filter((key) => key.startsWith('chatops_intent_failures_total{'))).toEqual([]);
  });

  test.each([
    ['failed', 'destination_full', true],
    ['rolled_back', 'check_failed', true],
    ['interrupted', 'process_died', true],
    ['refused', 'not_allowed', false],
  ] as const)('%s counts as a failure with its reason', async (state, reason, ran) => {
    const { events, metrics } = start();
    events.emit({ type: 'finished', run: ended(state, reason, ran) });
    const labels = `intent_name="photos",action="backup",stack="media",reason="${reason}"`;
    expect((await scrape(metrics)).get(`chatops_intent_failures_total{${labels}}`)).toBe(1);
  });

  test.each([
    ['cancelled', 'cancelled_by_asker'],
    ['expired', 'not_confirmed_in_time'],
    ['plan_changed', 'plan_changed'],
  ] as const)('%s is no failure and has no duration', async (state, reason) => {
    const { events, metrics } = start();
    events.emit({ type: 'finished', run: ended(state, reason, false) });
    const keys = [...(await scrape(metrics)).keys()];
    expect(keys.filter((key) => /^chatops_intent_(failures_total|duration_seconds_\w+)\{/.test(key))).toEqual(
      [],
    );
  });

  test('a blocked preview is a request and a failure, once', async () => {
    const { events, metrics } = start();
    events.emit({ type: 'planned', run: ended('refused', 'blocked', false) });
    const samples = await scrape(metrics);
    const labels = 'intent_name="photos",action="backup",stack="media"';
    expect(samples.get(`chatops_intent_requests_total{${labels},dry_run="false"}`)).toBe(1);
    expect(samples.get(`chatops_intent_failures_total{${labels},reason="blocked"}`)).toBe(1);
  });

  test.each([
    ['not_allowed', 'policy'],
    ['not_asker', 'policy'],
    ['label_mismatch', 'label_mismatch'],
  ] as const)('denied for %s is the auth failure %s', async (code, reason) => {
    const { events, metrics } = start();
    events.emit(denied('photos', code));
    const samples = await scrape(metrics);
    expect(samples.get(`chatops_auth_failures_total{reason="${reason}"}`)).toBe(1);
    const labels = `intent_name="photos",action="backup",stack="media",reason="${code}"`;
    expect(samples.get(`chatops_intent_failures_total{${labels}}`)).toBe(1);
  });

  test('names that do not exist never become labels', async () => {
    const { events, metrics } = start();
    for (let index = 0; index < 500; index += 1) events.emit(denied(`made-up-${index}"\n`, 'intent_unknown'));
    const samples = await scrape(metrics);
    const keys = [...samples.keys()].filter((key) => key.startsWith('chatops_intent_failures_total{'));
    expect(keys).toEqual([
      'chatops_intent_failures_total{intent_name="unknown",action="unknown",stack="unknown",reason="intent_unknown"}',
    ]);
    expect(samples.get(keys[0] ?? '')).toBe(500);
    expect([...samples.keys()].some((key) => key.startsWith('chatops_auth_failures_total{'))).toBe(false);
  });

  test.each([
    ['2026-11-22T14:00:20.000Z', 40],
    ['2026-11-22T14:02:00.000Z', 0],
  ])('a run queued at %s has waited %d s, whatever the clock did', async (queuedAt, waited) => {
    const { events, metrics } = start();
    events.emit({
      type: 'running',
      run: { ...RUN, state: 'running', queuedAt, startedAt: '2026-11-22T14:01:00.000Z' },
    });
    const samples = await scrape(metrics);
    expect(samples.get('chatops_queue_wait_seconds_sum{action="backup"}')).toBe(waited);
    expect(samples.get('chatops_queue_wait_seconds_count{action="backup"}')).toBe(1);
  });

  test('a recovered run of another process does not make the gauge negative', async () => {
    const { events, metrics } = start();
    events.emit({ type: 'finished', run: ended('interrupted', 'process_died', true) });
    expect((await scrape(metrics)).get('chatops_runs_running')).toBe(0);
  });

  test('the process’s own figures and the version are there; two registries live side by side', async () => {
    const first = start();
    const second = start();
    second.events.emit({ type: 'planned', run: RUN });
    const samples = await scrape(first.metrics);
    expect(samples.get('chatops_build_info{version="1.2.3"}')).toBe(1);
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(samples.get('chatops_runs_total{state="awaiting"}')).toBeUndefined();
    first.metrics.close();
  });

  test('after close nothing is counted any more', async () => {
    const { events, metrics } = start();
    metrics.close();
    events.emit({ type: 'planned', run: RUN });
    expect((await scrape(metrics)).get('chatops_runs_total{state="awaiting"}')).toBeUndefined();
  });
});

test('alerts that wait are read at each call, by destination', async () => {
  let waiting = 3;
  ({ metrics } = startMetrics({
    alertsPending: async () => ({ ops: waiting, webhook: 0 }),
  }));
  const lines = async () =>
    (await metrics?.render())?.split('\n').filter((line) => line.startsWith('chatops_alerts'));
  expect(await lines()).toEqual([
    'chatops_alerts_pending{destination="ops"} 3',
    'chatops_alerts_pending{destination="webhook"} 0',
  ]);
  waiting = 0;
  expect((await lines())?.[0]).toBe('chatops_alerts_pending{destination="ops"} 0');
});
