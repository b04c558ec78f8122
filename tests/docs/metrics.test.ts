import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { phrase } from '../../src/core/model/phrase.js';
import { notice } from '../../src/core/model/reasons.js';
import { intentNamed } from '../core/harness.js';
import { has, testWith } from '../executors/support/needs.js';
import { sampleRun } from '../store/samples.js';
import { parseExposition } from '../support/exposition.js';
import { NO_HISTORY, startMetrics } from '../surfaces/http/metrics/sources.js';

const HERE = dirname(fileURLToPath(import.meta.url));
const page = readFileSync(resolve(HERE, '../../docs/metrics.md'), 'utf8');

const SCHEDULE = {
  ...{ schedule: 'nightly', intent: 'photos', paused: false, waiting: 0, missed: 1, skipped: 2 },
  ...{ lastAt: '2026-11-22T03:00:00Z', nextAt: '2026-11-23T03:00:00Z' },
};

/** A scrape in which every metric has a sample. */
async function scrape(): Promise<string> {
  const { events, metrics } = startMetrics({
    alertsPending: async () => ({ ops: 0 }),
    schedules: async () => [SCHEDULE],
    intents: () => [intentNamed('photos')],
    history: {
      ...NO_HISTORY,
      newest: async () => [
        {
          intent: 'photos',
          step: 0,
          runId: 'r-1',
          finishedAt: '2026-11-22T03:00:00Z',
          ...{ tookMs: 1, stepsMs: {}, workBytes: 1, artifactBytes: 1 },
        },
      ],
      lastEnds: async () => new Map([['photos', 'succeeded' as const]]),
    },
    circuits: () => [{ target: 'docker:local' }],
    faults: () => [
      {
        key: 'data-directory',
        notice: notice('store_unavailable', phrase`Full.`),
        since: '2026-11-22T14:00:00Z',
        blocksRuns: true,
      },
    ],
    gateway: () => ({ state: 'ready', pingMs: 40, reconnects: 0 }),
  });
  const times = { queuedAt: '2026-11-22T14:00:00Z', startedAt: '2026-11-22T14:00:01Z' };
  const run = sampleRun({ ...times, finishedAt: '2026-11-22T14:00:09Z', state: 'failed' });
  for (const type of ['planned', 'running', 'finished'] as const) events.emit({ type, run });
  const request = {
    intent: 'photos',
    params: {},
    actor: run.actor,
    source: 'discord',
    dryRun: false,
  } as const;
  events.emit({ type: 'denied', request, notice: notice('not_allowed', phrase`No.`) });
  metrics.answers.answered('command', 4);
  metrics.refused({ reason: 'too_large', path: '/run' });
  try {
    return await metrics.render();
  } finally {
    metrics.close();
  }
}

const ours = (text: string): string =>
  text
    .split('\n')
    .filter((line) => /^(# (HELP|TYPE) )?chatops_/.test(line))
    .map((line) => `${line}\n`)
    .join('');

describe('docs/metrics.md', () => {
  let text = '';
  beforeAll(async () => {
    text = await scrape();
  });

  test('names every metric with its type and its labels, and no other', () => {
    const documented = [...page.matchAll(/^\| `(chatops_\w+)` \| (\w+) \|([^|]*)\|/gm)].map(
      ([, name = '', type = '', labels = '']) => ({
        name,
        type,
        labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label).sort(),
      }),
    );
    const there = [...parseExposition(ours(text))].map(([name, { type, samples }]) => ({
      name,
      type,
      labels: Object.keys(samples.at(-1)?.labels ?? {}).sort(),
    }));
    const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
    expect(documented.sort(byName)).toEqual(there.sort(byName));
  });

  const [, rules = ''] = /```yaml\n(groups:[\s\S]*?)```/.exec(page) ?? [];

  test('alerts use metrics that there are', () => {
    const names = new Set([...rules.matchAll(/\bchatops_\w+/g)].map(([name]) => name));
    expect(names.size).toBeGreaterThan(5);
    expect([...names].filter((name) => !parseExposition(text).has(name))).toEqual([]);
  });

  describe('by Prometheus’ own tool', () => {
    const folder = mkdtempSync(join(tmpdir(), 'chatops-promtool-'));
    const promtool = (...args: readonly string[]) =>
      execFileSync('promtool', args, { cwd: folder, encoding: 'utf8' });
    beforeAll(() => {
      writeFileSync(join(folder, 'rules.yaml'), rules);
      copyFileSync(join(HERE, 'alert-cases.yaml'), join(folder, 'cases.yaml'));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    const withPromtool = testWith('promtool', has('promtool'));

    withPromtool('the text is valid, and the names keep the conventions', () => {
      const checked = spawnSync('promtool', ['check', 'metrics'], { input: ours(text), encoding: 'utf8' });
      expect({ status: checked.status, said: checked.stderr }).toEqual({ status: 0, said: '' });
      const all = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
      expect(all.stderr).not.toContain('error while linting');
    });

    withPromtool('the alerts are valid', () => {
      expect(promtool('check', 'rules', 'rules.yaml')).toMatch(/SUCCESS: \d+ rules found/);
    });

    withPromtool('the alerts fire when they should, and not before', () => {
      expect(promtool('test', 'rules', 'cases.yaml')).toContain('SUCCESS');
    });
  });
});
