import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { StepStates } from '../../../src/core/model/graph.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { FinalState, Run } from '../../../src/core/model/run.js';
import { standings } from '../../../src/core/views/step-states.js';
import { alice, Installation, intentNamed, type Process, previewed, request } from '../harness.js';
import { backupText, intentOf } from './media.js';

const ALBUM = 'params:\n  album: { type: string, default: all }\n';
const STEPS = `action: steps
params:
  which: { type: string, default: x }
steps:
  a: { intent: photos }
  b: { intent: plex, params: { album: "{{ which }}" }, needs: a }
  c: { intent: films, needs: a, on_failure: continue }
  if_c: { intent: disk, needs: c, when: steps.c == "succeeded" }
`;

let installation: Installation;
let bot: Process;

beforeEach(async () => {
  installation = await Installation.create();
  installation.intents.push(
    intentOf('plex', backupText('plex/{{ album }}', ALBUM)),
    intentOf('disk', backupText('disk')),
    intentOf('evening', STEPS),
  );
  bot = await installation.start();
});
afterEach(() => installation.end());

/** A run that ended like that, as it is stored. */
async function ended(state: FinalState, steps: StepStates | null, more = {}): Promise<Run> {
  const { id } = await previewed(bot, 'evening', { params: { which: 'y' }, ...more });
  const { runs } = bot.deps.store;
  const at = installation.now.toISOString();
  const audit = {
    at,
    event: 'test',
    actor: alice,
    source: 'cli',
    runId: id,
    intent: 'evening',
    detail: null,
  } as const;
  await runs.transition(id, 'awaiting', 'queued', {}, audit);
  await runs.transition(id, 'queued', 'running', steps ? { startedAt: at } : {}, audit);
  if (steps) await runs.patch(id, { progress: { part: 0, step: 0, steps } });
  if (state !== 'interrupted') await runs.transition(id, 'running', state, { finishedAt: at }, audit);
  else await runs.transition(id, 'running', 'interrupted', { finishedAt: at }, audit);
  const run = await runs.get(id);
  if (!run) throw new Error('gone');
  return run;
}

async function refusalOf(resumes: string, intent = 'evening'): Promise<string> {
  const admission = await bot.pipeline.admit(request(intent, { resumes }));
  if (admission.ok) return 'admitted';
  return `${admission.notice.code}: ${plain(admission.notice.message)} ${plain(admission.notice.remedy)}`;
}

function nodesOf({ plan }: Run) {
  return (plan.graph?.nodes ?? []).map(({ name, parts, skipped, doneIn }) => [
    name,
    parts.length,
    ...(skipped ? ['skipped'] : []),
    ...(doneIn === undefined ? [] : [doneIn]),
  ]);
}

const FAILED_AT_B: StepStates = { a: 'succeeded', b: 'failed', c: 'succeeded', if_c: 'skipped' };

describe('a run that ended early goes on', () => {
  test.each(['failed', 'cancelled', 'interrupted', 'plan_changed'] as const)(
    'after it was %s',
    async (state) => {
      const first = await ended(state, FAILED_AT_B);
      const run = await previewed(bot, 'evening', { resumes: first.id, params: { which: 'ignored' } });
      expect(nodesOf(run)).toEqual([
        ['a', 0, first.id],
        ['b', 1],
        ['c', 0, first.id],
        ['if_c', 0, 'skipped', first.id],
      ]);
      expect(standings(run).map(({ state }) => state)).toEqual([
        'succeeded',
        'waiting',
        'succeeded',
        'skipped',
      ]);
      expect(run.plan).toMatchObject({
        resumes: first.id,
        parts: [{ intent: 'plex' }],
        touches: ['path:/mnt/plex/y'],
      });
      expect(run).toMatchObject({ params: { which: 'y' }, previous: first.id, state: 'awaiting' });
    },
  );

  test('what was rolled back, undone or cancelled is done again', async () => {
    const first = await ended('failed', { a: 'succeeded', b: 'undone', c: 'rolled_back', if_c: 'cancelled' });
    expect(nodesOf(await previewed(bot, 'evening', { resumes: first.id }))).toEqual([
      ['a', 0, first.id],
      ['b', 1],
      ['c', 1],
      ['if_c', 1],
    ]);
  });

  test('what was skipped because a step failed is asked again with that step', async () => {
    const first = await ended('failed', { a: 'succeeded', b: 'succeeded', c: 'failed', if_c: 'skipped' });
    expect(nodesOf(await previewed(bot, 'evening', { resumes: first.id }))).toEqual([
      ['a', 0, first.id],
      ['b', 0, first.id],
      ['c', 1],
      ['if_c', 1],
    ]);
  });

  test('a second time, with the steps of both runs left alone', async () => {
    const first = await ended('failed', { a: 'succeeded', b: 'failed', c: 'cancelled', if_c: 'waiting' });
    const second = await ended(
      'failed',
      { a: 'succeeded', b: 'succeeded', c: 'failed', if_c: 'waiting' },
      { resumes: first.id },
    );
    expect(nodesOf(await previewed(bot, 'evening', { resumes: second.id }))).toEqual([
      ['a', 0, first.id],
      ['b', 0, second.id],
      ['c', 1],
      ['if_c', 1],
    ]);
    expect(await refusalOf(first.id)).toBe(
      `resumed_already: ${second.id} has resumed ${first.id} already, and did more. Resume ${second.id} instead.`,
    );
  });

  test('planned again right before it begins, it is the same plan', async () => {
    const first = await ended('failed', FAILED_AT_B);
    const run = await previewed(bot, 'evening', { resumes: first.id });
    const decision = await bot.pipeline.decide(run.id, alice, 'confirm');
    const end = decision.ok ? await decision.done : null;
    expect(end?.state).toBe('succeeded');
    expect(installation.world.entered).toEqual(['plex']);
  });

  test('on another day, though what is done has its day in it', async () => {
    const text = STEPS.replace('photos }', 'plex, params: { album: "{{ date }}" } }');
    installation.intents.splice(-1, 1, intentOf('evening', text));
    const first = await ended('failed', FAILED_AT_B);
    installation.now = new Date(installation.now.getTime() + 24 * 60 * 60 * 1000);
    expect(await refusalOf(first.id)).toBe('admitted');
    const other = text.replace('{{ date }}', 'of {{ date }}');
    installation.intents.splice(-1, 1, intentOf('evening', other));
    expect(await refusalOf(first.id)).toMatch(/the step a, which it finished, does something else now/);
  });

  test('two previews of the same rest: the second one does not do it again', async () => {
    const first = await ended('failed', FAILED_AT_B);
    const one = await previewed(bot, 'evening', { resumes: first.id });
    const two = await previewed(bot, 'evening', { resumes: first.id });
    const a = await bot.pipeline.decide(one.id, alice, 'confirm');
    if (a.ok) await a.done;
    const b = await bot.pipeline.decide(two.id, alice, 'confirm');
    const end = b.ok ? await b.done : null;
    expect(end?.outcome?.reason).toBe('resumed_already');
    expect(installation.world.entered).toEqual(['plex']);
  });
});

describe('refused', () => {
  test('when there is nothing to resume', async () => {
    expect(await refusalOf('r-0000')).toMatch(
      /^not_resumable: r-0000 can’t be resumed: there is no such run of evening\./,
    );
    const other = await previewed(bot, 'photos');
    expect(await refusalOf(other.id)).toMatch(/there is no such run of evening/);
    expect(await refusalOf(other.id, 'photos')).toMatch(/it has not ended: it is awaiting/);
    const dry = await previewed(bot, 'evening', { dryRun: true });
    expect(await refusalOf(dry.id)).toMatch(/it was a dry run\. Ask for evening anew\./);
    expect(await refusalOf((await ended('failed', null)).id)).toMatch(/no step of it has finished/);
    const none = await ended('failed', { a: 'failed', b: 'waiting', c: 'waiting', if_c: 'waiting' });
    expect(await refusalOf(none.id)).toMatch(/no step of it has finished/);
  });

  test('when newer runs than can be looked through may have resumed it', async () => {
    const first = await ended('failed', FAILED_AT_B);
    await ended('succeeded', FAILED_AT_B, { resumes: first.id });
    for (let more = 0; more < 3; more += 1) await ended('failed', null);
    expect(await refusalOf(first.id)).toMatch(/^resumed_already: /);
    bot = await installation.start({
      store: (store) => {
        const list: typeof store.runs.list = (filter) => store.runs.list({ ...filter, limit: 3 });
        return { ...store, runs: { ...store.runs, list } };
      },
    });
    expect(await refusalOf(first.id)).toBe(
      `not_resumable: ${first.id} can’t be resumed: evening has run so often since, over 1,000 times, that nobody can say what of it was done meanwhile. Ask for evening anew.`,
    );
  });

  test('previews that were never confirmed don’t count', async () => {
    const first = await ended('failed', FAILED_AT_B);
    await ended('succeeded', FAILED_AT_B, { resumes: first.id });
    for (let more = 0; more < 120; more += 1) await previewed(bot, 'evening', { dryRun: true });
    expect(await refusalOf(first.id)).toMatch(/^resumed_already: /);
  });

  test('when all is done, or was put back', async () => {
    expect(await refusalOf((await ended('succeeded', FAILED_AT_B)).id)).toMatch(/all of it is done/);
    expect(await refusalOf((await ended('rolled_back', FAILED_AT_B)).id)).toMatch(/what it did was put back/);
    const all = { a: 'succeeded', b: 'succeeded', c: 'succeeded', if_c: 'succeeded' } as const;
    expect(await refusalOf((await ended('failed', all)).id)).toMatch(/all its steps are done/);
  });

  test('when a finished step is gone, or does something else now', async () => {
    const first = await ended('failed', FAILED_AT_B);
    const put = (text: string) => installation.intents.splice(-1, 1, intentOf('evening', text));
    put(STEPS.replaceAll('  a: {', '  first: {').replaceAll('needs: a', 'needs: first'));
    expect(await refusalOf(first.id)).toBe(
      `not_resumable: ${first.id} can’t be resumed: the step a, which it finished, is no step of evening any more. Ask for evening anew.`,
    );
    put(STEPS.replace('intent: photos', 'intent: films'));
    expect(await refusalOf(first.id)).toMatch(/the step a, which it finished, does something else now/);
    installation.intents.splice(0, 1, intentNamed('photos', { steps: intentNamed('elsewhere').steps }));
    put(STEPS);
    expect(await refusalOf(first.id)).toMatch(/the step a, which it finished, does something else now/);
    installation.intents.splice(0, 1, intentNamed('photos'));
    put(STEPS.replace('b: {', 'new: { intent: photos, needs: a }\n  b: {'));
    expect(await refusalOf(first.id)).toBe('admitted');
  });
});
