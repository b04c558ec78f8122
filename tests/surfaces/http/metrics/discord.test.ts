import { afterEach, describe, expect, test } from '@jest/globals';
import type { GatewayFigures } from '../../../../src/surfaces/http/metrics/discord.js';
import type { Metrics } from '../../../../src/surfaces/http/metrics/metrics.js';
import { sampleValue } from '../../../support/exposition.js';
import { startMetrics } from './sources.js';

let metrics: Metrics | undefined;
afterEach(() => metrics?.close());

function over(gateway: () => GatewayFigures | null): Metrics {
  metrics = startMetrics({ gateway }).metrics;
  return metrics;
}

describe('figures of Discord', () => {
  test('the gateway’s state is 1 for the current one, its ping is in seconds', async () => {
    let now: GatewayFigures = { state: 'ready', pingMs: 42, reconnects: 1 };
    const started = over(() => now);
    const state = async (name: string) =>
      sampleValue(await started.render(), 'chatops_discord_gateway_state', { state: name });
    expect([await state('ready'), await state('connecting'), await state('disconnected')]).toEqual([1, 0, 0]);
    expect(sampleValue(await started.render(), 'chatops_discord_gateway_ping_seconds')).toBe(0.042);
    now = { state: 'connecting', pingMs: null, reconnects: 2 };
    expect([await state('ready'), await state('connecting'), await state('disconnected')]).toEqual([0, 1, 0]);
    expect(sampleValue(await started.render(), 'chatops_discord_gateway_ping_seconds')).toBeNull();
    expect(sampleValue(await started.render(), 'chatops_discord_gateway_reconnects_total')).toBe(2);
  });

  test('without Discord there is no state that could look like trouble', async () => {
    const text = await over(() => null).render();
    expect(sampleValue(text, 'chatops_discord_gateway_state', { state: 'ready' })).toBeNull();
    expect(sampleValue(text, 'chatops_discord_gateway_ping_seconds')).toBeNull();
  });

  test('first answers are measured in seconds, with a bucket at the limit of 3 s', async () => {
    const started = over(() => null);
    for (const ms of [4, 2900, 3400]) started.answers.answered('command', ms);
    started.answers.missed('command');
    const text = await started.render();
    const below = (le: string) =>
      sampleValue(text, 'chatops_discord_first_answer_seconds_bucket', { le, kind: 'command' });
    expect([below('0.005'), below('2.5'), below('3'), below('+Inf')]).toEqual([1, 1, 2, 3]);
    expect(sampleValue(text, 'chatops_discord_answers_missed_total', { kind: 'command' })).toBe(1);
    expect(sampleValue(text, 'chatops_discord_answers_missed_total', { kind: 'button' })).toBe(0);
  });
});
