import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { StepStates } from '../../../src/core/model/graph.js';
import { phrase } from '../../../src/core/model/phrase.js';
import { buttonsOf, textOf } from '../../../src/playground/driver/text.js';
import { intentNamed } from './fake-pipeline.js';
import { GRAPH_PLAN, STEPS_RESUMED, STEPS_RUNNING } from './sample-graphs.js';
import { type Scene, startScene } from './surface.js';

let scene: Scene;
beforeEach(async () => {
  scene = await startScene({ intents: [intentNamed('update-media', { action: 'steps' })] });
  scene.fake.duringPrepare(() => ({ plan: GRAPH_PLAN }));
});
afterEach(async () => {
  const { violations } = scene.discord;
  await scene.end();
  expect(violations).toEqual([]);
});

const alice = () => scene.discord.as('alice');
const STATES = STEPS_RUNNING.progress?.steps ?? {};
const shows = (id: string, words: string) =>
  scene.discord.waitFor(
    () => {
      const message = scene.discord.message(id);
      return message && textOf(message).includes(words) ? message : null;
    },
    { what: `${words} in the message` },
  );

async function underWay() {
  const offered = await alice().autocomplete('steps', 'intent', '');
  expect(offered.map(({ value }) => value)).toEqual(['update-media']);
  const preview = await alice().slash('steps', { intent: 'update-media' }).waitForMessage('In total');
  alice().press(preview, 'Confirm steps');
  await scene.discord.waitFor(() => scene.fake.run('r-0001').state === 'queued');
  scene.fake.begin('r-0001');
  scene.fake.progress('r-0001', { part: 1, step: 0, steps: STATES });
  return preview;
}

function endAs(state: 'failed' | 'plan_changed', steps: StepStates, successor?: string) {
  scene.fake.progress('r-0001', { part: 1, step: 0, steps: { ...STATES, ...steps } });
  scene.fake.finish('r-0001', {
    state,
    reason: state === 'failed' ? 'command_failed' : 'plan_changed',
    summary: [phrase`One step differs.`],
    ...(successor === undefined ? {} : { successor }),
  });
}

test('each step’s state stands in the one message; a failed run is resumed with a preview of its own', async () => {
  const preview = await underWay();
  await shows(preview.id, '▸ `roll_out_radarr` running');
  scene.fake.progress('r-0001', { part: 2, step: 1, done: 1, total: 4, unit: 'files' });
  scene.fake.progress('r-0001', { part: 1, step: 1 });
  await shows(preview.id, '▸ `roll_out_radarr` running · `radarr` · 25 % · 1 of 4 files');

  endAs('failed', { roll_out_sonarr: 'succeeded', roll_out_radarr: 'failed' });
  const failed = await alice().waitForMessage('Steps failed', { after: preview });
  expect(buttonsOf(failed)).toEqual(['Resume', 'Retry all steps', 'Details']);

  scene.fake.duringPrepare(() => undefined);
  const resumed = await alice().press(failed, 'Resume').waitForMessage('r-0002');
  expect(resumed.visibleTo).toBeNull();
  expect(scene.fake.run('r-0002')).toMatchObject({ previous: 'r-0001', plan: { resumes: 'r-0001' } });

  // A preview that was not answered still goes on from the same run when it is asked for again.
  alice().press(resumed, 'Cancel');
  const cancelled = await shows(resumed.id, 'Nothing ran');
  await alice().press(cancelled, 'Preview again').waitForMessage('r-0003');
  expect(scene.fake.run('r-0003').plan.resumes).toBe('r-0001');

  await alice().press(failed, 'Retry all steps').waitForMessage('r-0004');
  expect(scene.fake.run('r-0004').plan.resumes).toBeUndefined();
});

test('changed in the middle: the outcome carries the preview of what is left, and its buttons work', async () => {
  const preview = await underWay();
  await shows(preview.id, 'running');
  const { shown, actor } = scene.fake.run('r-0001');
  const plan = { ...STEPS_RESUMED.plan, resumes: 'r-0001' };
  scene.fake.put({ ...STEPS_RESUMED, id: 'r-0009', previous: 'r-0001', plan, shown, actor });
  endAs('plan_changed', { roll_out_sonarr: 'succeeded', roll_out_radarr: 'succeeded' }, 'r-0009');

  const paused = await alice().waitForMessage('Steps paused, something changed', { after: preview });
  expect(paused.pings.users).toEqual([alice().id]);
  expect(textOf(paused)).toContain('Goes on from `r-0001`');
  expect(buttonsOf(paused)).toEqual(['Confirm steps', 'Cancel', 'Show commands']);
  await scene.discord.waitFor(() => scene.fake.run('r-0009').shown?.messageId === paused.id);
  const above = await shows(preview.id, 'How it ended stands in the reply');
  expect(buttonsOf(above)).toEqual(['Show commands']);

  alice().press(paused, 'Confirm steps');
  await scene.discord.waitFor(() => scene.fake.run('r-0009').state === 'queued');
  await shows(paused.id, 'Confirmed');
});

test('what is left can’t run any more: that stands below the outcome, once', async () => {
  const preview = await underWay();
  await shows(preview.id, 'running');
  const { shown } = scene.fake.run('r-0001');
  const outcome = {
    state: 'refused',
    reason: 'blocked',
    summary: [phrase`plex is gone.`],
    warnings: [],
    tail: [],
  } as const;
  scene.fake.put({ ...STEPS_RESUMED, id: 'r-0009', previous: 'r-0001', state: 'refused', outcome, shown });
  endAs('plan_changed', {}, 'r-0009');
  const paused = await alice().waitForMessage('Steps paused', { after: preview });
  expect(textOf(paused)).toContain('Refused.** plex is gone.');
  await scene.discord.waitFor(() => scene.fake.run('r-0009').reported);
  await shows(preview.id, 'How it ended stands in the reply');
});
