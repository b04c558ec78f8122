import { afterEach, describe, expect, test } from '@jest/globals';
import type { HistoryStore } from '../../../../src/core/ports/history.js';
import { StoreError } from '../../../../src/core/ports/store.js';
import type { Metrics } from '../../../../src/surfaces/http/metrics/metrics.js';
import { intentNamed } from '../../../core/harness.js';
import { sampleValue } from '../../../support/exposition.js';
import { NO_HISTORY, startMetrics } from './sources.js';

function past(finishedAt: string, tookMs: number, artifactBytes: number, step = 0) {
  return {
    intent: 'photos',
    step,
    runId: 'r-1',
    finishedAt,
    tookMs,
    stepsMs: {},
    workBytes: 1,
    artifactBytes,
  };
}

const PHOTOS = { intent_name: 'photos', stack: 'media' };
const photos = intentNamed('photos');
const [step] = photos.steps;
if (step === undefined) throw new Error('an intent without steps');

let metrics: Metrics | undefined;
afterEach(() => metrics?.close());

/** A scrape over an intent of as many steps as there are pasts. */
function over(intents: readonly ReturnType<typeof intentNamed>[], history: Partial<HistoryStore>) {
  metrics = startMetrics({ intents: () => intents, history: { ...NO_HISTORY, ...history } }).metrics;
  return metrics;
}

describe('figures from the store', () => {
  test('the last good backup: when, how large, how long, and how the last run went', async () => {
    const text = await over([photos], {
      newest: async () => [past('2026-11-22T03:01:00.500Z', 52_000, 610_000_000)],
      lastEnds: async (names) => new Map(names.map((name) => [name, 'failed'])),
    }).render();
    const at = Date.parse('2026-11-22T03:01:00.500Z') / 1000;
    expect(sampleValue(text, 'chatops_backup_last_success_timestamp_seconds', PHOTOS)).toBe(at);
    expect(sampleValue(text, 'chatops_backup_last_success_size_bytes', PHOTOS)).toBe(610_000_000);
    expect(sampleValue(text, 'chatops_backup_last_success_duration_seconds', PHOTOS)).toBe(52);
    expect(sampleValue(text, 'chatops_backup_last_run_success', PHOTOS)).toBe(0);
    expect(sampleValue(text, 'chatops_intent_info', { ...PHOTOS, action: 'backup' })).toBe(1);
    expect(sampleValue(text, 'chatops_store_up')).toBe(1);
  });

  test('of several steps the one that was backed up longest ago counts, and only backups do', async () => {
    const three = intentNamed('photos', { steps: [step, { ...step, action: 'rollout' }, step] });
    const pasts = [past('2026-11-22T03:00:00.000Z', 1000, 5), past('2026-11-20T03:00:00.000Z', 2000, 7, 2)];
    const text = await over([three], { newest: async () => pasts }).render();
    const at = Date.parse('2026-11-20T03:00:00.000Z') / 1000;
    expect(sampleValue(text, 'chatops_backup_last_success_timestamp_seconds', PHOTOS)).toBe(at);
    expect(sampleValue(text, 'chatops_backup_last_success_size_bytes', PHOTOS)).toBe(12);
    expect(sampleValue(text, 'chatops_backup_last_success_duration_seconds', PHOTOS)).toBe(3);
  });

  test('a backup of which one step never succeeded is none', async () => {
    const two = intentNamed('photos', { steps: [step, step] });
    const text = await over([two], {
      newest: async () => [past('2026-11-22T03:00:00.000Z', 1, 1)],
    }).render();
    expect(sampleValue(text, 'chatops_backup_last_success_timestamp_seconds', PHOTOS)).toBeNull();
    expect(sampleValue(text, 'chatops_backup_last_run_success', PHOTOS)).toBeNull();
    expect(sampleValue(text, 'chatops_intent_info', { ...PHOTOS, action: 'backup' })).toBe(1);
  });

  test('an intent that is gone is gone from the metrics', async () => {
    const intents = [photos, intentNamed('films')];
    const started = over(intents, { newest: async () => [past('2026-11-22T03:00:00.000Z', 1, 1)] });
    expect(await started.render()).toContain('intent_name="films"');
    intents.pop();
    const text = await started.render();
    expect(text).not.toContain('intent_name="films"');
    expect(sampleValue(text, 'chatops_backup_last_success_size_bytes', PHOTOS)).toBe(1);
  });

  test('open runs are counted by state, the ones that are not there too', async () => {
    const text = await over([], { open: async () => ({ awaiting: 3, queued: 0, running: 2 }) }).render();
    const count = (state: string) => sampleValue(text, 'chatops_runs_open', { state });
    expect([count('awaiting'), count('queued'), count('running')]).toEqual([3, 0, 2]);
  });

  test('a store that does not answer costs its figures and not the scrape', async () => {
    let broken = false;
    const started = over([photos], {
      newest: async () => [past('2026-11-22T03:00:00.000Z', 1, 1)],
      open: async () => {
        if (broken) throw new StoreError('the disk is gone');
        return { awaiting: 0, queued: 0, running: 0 };
      },
    });
    await started.render();
    broken = true;
    const text = await started.render();
    expect(sampleValue(text, 'chatops_store_up')).toBe(0);
    expect(sampleValue(text, 'chatops_backup_last_success_timestamp_seconds', PHOTOS)).toBeNull();
    expect(sampleValue(text, 'chatops_runs_open', { state: 'queued' })).toBeNull();
    expect(sampleValue(text, 'chatops_build_info', { version: '1.2.3' })).toBe(1);
  });
});
