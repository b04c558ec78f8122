import { describe, expect, test } from '@jest/globals';
import { code, phrase } from '../../../src/core/model/phrase.js';
import type { ProgressSnapshot, Run } from '../../../src/core/model/run.js';
import { graphPaceAfter } from '../../../src/core/views/graph-pace.js';
import type { Message } from '../../../src/surfaces/discord/render/fit.js';
import { runDetails } from '../../../src/surfaces/discord/render/history.js';
import { outcomeMessage } from '../../../src/surfaces/discord/render/outcome.js';
import { previewMessage } from '../../../src/surfaces/discord/render/preview.js';
import { progressMessage } from '../../../src/surfaces/discord/render/progress.js';
import { expectGolden } from './golden.js';
import { manySteps, STEPS, STEPS_RESUMED, STEPS_RUNNING, statesAfter, stepsEnded } from './sample-graphs.js';
import { ended, RUNNING } from './sample-runs.js';

const BEGAN = Date.parse('2026-11-22T14:18:02.000Z');

/** Reports as they come, each with the second since the start. */
function progressOf(run: Run, ...reports: readonly (readonly [number, ProgressSnapshot])[]): Message {
  const graph = reports.reduce<ReturnType<typeof graphPaceAfter>>(
    (before, [second, report]) => graphPaceAfter(run.plan, before, report, BEGAN + second * 1000),
    null,
  );
  return progressMessage({ run, waitsFor: [], pace: null, graph, now: new Date(BEGAN + 20_000) }, true);
}

const FAILED = stepsEnded(
  'failed',
  { roll_out_sonarr: 'succeeded', roll_out_radarr: 'failed' },
  {
    summary: [phrase`${code('roll_out_radarr')} failed: the image could not be pulled.`],
    next: phrase`Look at the log, then Resume.`,
    tail: ['manifest unknown'],
  },
);

test.each([
  ['graph-preview', () => previewMessage(STEPS)],
  [
    'graph-preview-dry-run',
    () => previewMessage({ ...STEPS, dryRun: true, state: 'planned', expiresAt: null }),
  ],
  ['graph-preview-resumed', () => previewMessage(STEPS_RESUMED)],
  ['graph-preview-50', () => previewMessage(manySteps(50))],
  ['graph-preview-1000', () => previewMessage(manySteps(1000))],
  ['graph-progress-early', () => progressOf({ ...STEPS_RUNNING, progress: null })],
  [
    'graph-progress',
    () =>
      progressOf(
        STEPS_RUNNING,
        [1, { part: 1, step: 0, steps: STEPS_RUNNING.progress?.steps ?? {} }],
        [2, { part: 2, step: 1 }],
        [3, { part: 1, step: 0, done: 0, total: 600, unit: 'bytes' }],
        [20, { part: 1, step: 0, done: 300, total: 600, unit: 'bytes' }],
      ),
  ],
  [
    'graph-progress-1000',
    () => {
      const run = { ...manySteps(1000), state: 'running' as const, startedAt: RUNNING.startedAt };
      const steps = { ...statesAfter(run, 312), step_0100: 'failed' as const };
      return progressOf(run, [1, { part: 312, step: 1, steps }]);
    },
  ],
  ['graph-outcome-failed', () => outcomeMessage(FAILED, 'log')],
  [
    'graph-outcome-succeeded',
    () => {
      const all = { roll_out_sonarr: 'succeeded', roll_out_radarr: 'succeeded' } as const;
      return outcomeMessage(
        stepsEnded('succeeded', { ...all, roll_out_plex: 'succeeded', scale_worker: 'succeeded' }),
        '',
      );
    },
  ],
  [
    'graph-outcome-rolled-back',
    () =>
      outcomeMessage(
        stepsEnded('rolled_back', {
          roll_out_sonarr: 'undone',
          roll_out_radarr: 'undone',
          roll_out_plex: 'rolled_back',
        }),
        '',
      ),
  ],
  [
    'graph-outcome-1000',
    () => {
      const run = { ...manySteps(1000), startedAt: RUNNING.startedAt };
      const steps = { ...statesAfter(run, 900), step_0900: 'failed' as const };
      const progress = { part: 0, step: 0, steps };
      return outcomeMessage(ended({ ...run, progress }, { state: 'failed', reason: 'command_failed' }), '');
    },
  ],
  [
    'graph-changed',
    () =>
      outcomeMessage(
        stepsEnded(
          'plan_changed',
          { roll_out_sonarr: 'succeeded', roll_out_radarr: 'succeeded' },
          {
            summary: [phrase`${code('roll_out_plex')} would replace another container now.`],
            successor: STEPS_RESUMED.id,
          },
        ),
        '',
        STEPS_RESUMED,
      ),
  ],
  ['graph-details', () => runDetails(FAILED, 'log')],
] as const)('%s', (name, draw) => {
  expectGolden(name, draw());
});

describe('what is offered after the end', () => {
  const labels = (run: Run) =>
    outcomeMessage(run, '').components.flatMap(({ components }) =>
      components.map((each) => ('label' in each ? each.label : '')),
    );

  test('Resume where steps are done and others left; else as for any run', () => {
    expect(labels(FAILED)).toEqual(['Resume', 'Retry all steps', 'Details']);
    expect(labels(stepsEnded('cancelled', {}))).toContain('Resume');
    expect(labels(stepsEnded('rolled_back', {}))).toEqual(['Retry', 'Details']);
    expect(labels(stepsEnded('succeeded', {}))).toEqual(['Details']);
    const nothing = stepsEnded('failed', { backup_plex: 'failed', tidy_up: 'waiting' });
    expect(labels(nothing)).toEqual(['Retry', 'Details']);
    expect(labels({ ...FAILED, startedAt: null })).not.toContain('Resume');
  });
});

describe('many steps', () => {
  test('the file has all of them, whatever the message leaves out', () => {
    const { files, embeds } = previewMessage(manySteps(1000));
    expect(embeds[0]?.description?.length).toBeLessThanOrEqual(4096);
    const text = files.find(({ name }) => name === 'r-5tep-steps.txt')?.data.toString() ?? '';
    expect(text.match(/^step_\d{4}$/gm)).toHaveLength(1000);
    expect(text).toContain('after step_0989');
    expect(text).toContain('svc-999');
  });
});
