import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runGraph } from '../../../src/core/execution/run-graph.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { Json } from '../../../src/core/model/plan.js';
import type { Run } from '../../../src/core/model/run.js';
import { partAsRun } from '../../../src/core/records/journal.js';
import { RunLog } from '../../../src/core/records/run-log.js';
import { RunWrites } from '../../../src/core/records/run-writes.js';
import { alice, gate, Installation, type Process, previewed, request, until } from '../harness.js';
import { backupText, intentOf } from './media.js';

let home: Installation;
let bot: Process;

/** Three backups: `first`, then `photos` and `films` at once, then `last`. */
const STEPS = `action: steps
steps:
  first: { intent: first }
  photos: { intent: photos, needs: [first] }
  films: { intent: films, needs: [first] }
  last: { intent: last, needs: [photos, films], on_failure: rollback }
`;

beforeEach(async () => {
  home = await Installation.create();
  home.intents.push(intentOf('first', backupText('first')), intentOf('last', backupText('last')));
  home.intents.push(intentOf('all', STEPS));
});
afterEach(() => home.end());

async function start(options: Parameters<Installation['start']>[0] = {}): Promise<Process> {
  bot = await home.start(options);
  return bot;
}

async function confirmed(run: Run): Promise<Run> {
  const decision = await bot.pipeline.decide(run.id, alice, 'confirm');
  if (!decision.ok) throw new Error(decision.notice.code);
  return decision.done;
}

async function stored(id: string): Promise<Run> {
  const run = await bot.deps.store.runs.get(id);
  if (!run) throw new Error(`no run ${id}`);
  return run;
}

function said({ outcome }: Run): string[] {
  return outcome?.summary.map(plain) ?? [];
}

/** Another process takes the place of the one that runs, which is dead from now on. */
async function dies(): Promise<void> {
  const { pid } = bot.hosts.self();
  await start();
  bot.hosts.dead.add(pid);
  await bot.ownership.recoverDead();
}

async function hangsAt(...intents: readonly string[]): Promise<Run> {
  await start();
  // Entered before their journal is written; hanging after it.
  const hanging: string[] = [];
  home.world.during = async (intent) => {
    if (!intents.includes(intent)) return;
    hanging.push(intent);
    return home.hang();
  };
  const run = await previewed(bot, 'all');
  void confirmed(run);
  await until(() => intents.every((intent) => hanging.includes(intent)), 'they hang');
  return run;
}

test('steps run in their order, and at once where nothing is between them', async () => {
  await start();
  const both = gate();
  home.world.during = async (intent) => {
    const { entered } = home.world;
    if (entered.includes('photos') && entered.includes('films')) both.open();
    // Each of the two waits until the other has begun.
    if (intent === 'photos' || intent === 'films') await both.opened;
    return undefined;
  };
  const run = await confirmed(await previewed(bot, 'all'));
  expect(run.state).toBe('succeeded');
  expect(run.progress?.steps).toEqual({
    first: 'succeeded',
    photos: 'succeeded',
    films: 'succeeded',
    last: 'succeeded',
  });
  expect([home.world.left[0], home.world.left[3]]).toEqual(['first', 'last']);
  expect(said(run)).toContain('last: Copied.');
  expect((await stored(run.id)).progress).toEqual(run.progress);
});

test('a failure says what is done, what was not begun, and that the rest can be resumed', async () => {
  await start();
  home.world.during = async (intent) =>
    intent === 'films' ? { state: 'failed', reason: 'command_failed', summary: [] } : undefined;
  const run = await confirmed(await previewed(bot, 'all'));
  expect(run).toMatchObject({ state: 'failed', outcome: { reason: 'command_failed' } });
  expect(said(run)).toEqual(['films failed.', 'Done: first, photos.', 'Not begun: last.']);
  expect(plain(run.outcome?.next ?? [])).toBe(
    'Put right what failed, then resume the run: what is done is not repeated.',
  );
});

describe('when a process dies', () => {
  test('each step under way is tidied up, and the states are those that a resume needs', async () => {
    home.world.rollBack = [{ code: 'it' }, ' goes back.'];
    const { id } = await hangsAt('photos', 'films');
    await dies();
    expect(home.world.recovered).toEqual(['photos:touching', 'films:touching']);
    const run = await stored(id);
    expect(run).toMatchObject({ state: 'interrupted', outcome: { reason: 'process_died' } });
    expect(run.progress?.steps).toEqual({
      first: 'succeeded',
      photos: 'cancelled',
      films: 'cancelled',
      last: 'waiting',
    });
    expect(said(run)).toEqual([
      'The bot was restarted while it ran.',
      'photos: The partial file is removed.',
      'films: The partial file is removed.',
      'Done: first.',
      'Not begun: last.',
    ]);
    home.world.during = async () => undefined;
    home.world.entered.length = 0;
    const rest = await confirmed(await previewed(bot, 'all', { resumes: id }));
    expect(rest.state).toBe('succeeded');
    expect(home.world.entered.toSorted()).toEqual(['films', 'last', 'photos']);
    // What it had under way is no more as it was left.
    const admission = await bot.pipeline.admit(request('all', { undoes: id }));
    expect(admission.ok ? 'admitted' : plain(admission.notice.message)).toBe(
      `${id} can’t be rolled back any more: ${rest.id} has gone on from there already.`,
    );
  });

  test('all that was under way can be rolled back together', async () => {
    home.world.rollBack = [{ code: 'it' }, ' goes back.'];
    const { id } = await hangsAt('photos', 'films');
    await dies();
    const { outcome } = await stored(id);
    expect(outcome?.rollBack && plain(outcome.rollBack)).toBe('it goes back. it goes back.');
    const undo = await previewed(bot, 'all', { undoes: id });
    expect(undo.plan.parts.map(({ intent }) => intent)).toEqual(['photos', 'films']);
    expect(await confirmed(undo)).toMatchObject({ state: 'rolled_back' });
    expect(home.world.rolledBack).toEqual(['photos:touching', 'films:touching']);
  });

  test('what was being put back is put back in full, the others stay', async () => {
    home.world.canUndo = true;
    home.world.duringUndo = async () => (home.world.undone.length > 1 ? home.hang() : undefined);
    await start();
    home.world.during = async (intent) =>
      intent === 'last' ? { state: 'failed', reason: 'command_failed', summary: [] } : undefined;
    const preview = await previewed(bot, 'all');
    void confirmed(preview);
    await until(() => home.world.undone.length === 2, 'it puts back');
    home.world.duringUndo = async () => undefined;
    await dies();
    const run = await stored(preview.id);
    // The failed step first, then the one that ended last of those that were done; that one twice.
    const [failed, twice = '', again] = home.world.undone;
    expect([failed, again, home.world.undone.length]).toEqual(['last', twice, 3]);
    const others = { photos: 'succeeded', films: 'succeeded', [twice]: 'undone' };
    expect(run.progress?.steps).toEqual({ first: 'succeeded', last: 'failed', ...others });
    expect(said(run)).toContain(`${twice}: As before.`);
  });
});

describe('on_failure: rollback', () => {
  beforeEach(() => {
    home.world.during = async (intent) =>
      intent === 'last' ? { state: 'failed', reason: 'command_failed', summary: [] } : undefined;
  });

  test('undoes what was done in reverse', async () => {
    home.world.canUndo = true;
    await start();
    const run = await confirmed(await previewed(bot, 'all'));
    expect(run).toMatchObject({ state: 'rolled_back', outcome: { reason: 'command_failed' } });
    expect(run.progress?.steps).toEqual({
      first: 'undone',
      photos: 'undone',
      films: 'undone',
      last: 'failed',
    });
    expect(home.world.undone[0]).toBe('last');
    expect(home.world.undone.at(-1)).toBe('first');
    expect(said(run).at(-1)).toBe('first was undone: As before.');
  });

  describe('asked for by a step that failed through a defect', () => {
    beforeEach(() => {
      home.world.during = async (intent) => {
        if (intent === 'last') throw new Error('bug in run');
        return undefined;
      };
    });

    test('undoes that step too, with what was done before it', async () => {
      home.world.canUndo = true;
      await start();
      const run = await confirmed(await previewed(bot, 'all'));
      expect(run).toMatchObject({ state: 'rolled_back', outcome: { reason: 'internal_error' } });
      expect([home.world.undone[0], home.world.undone.length]).toEqual(['last', 4]);
    });

    test('is as before where nothing undoes it and its executor tidied up', async () => {
      await start();
      const run = await confirmed(await previewed(bot, 'all'));
      expect(run).toMatchObject({ state: 'rolled_back', outcome: { reason: 'internal_error' } });
      expect(home.world.recovered).toEqual(['last:touching']);
      expect(said(run)).toContain('The partial file is removed.');
    });

    test('does not say that all is as before where its executor could not tidy up', async () => {
      home.world.recoverBug = true;
      await start();
      const run = await confirmed(await previewed(bot, 'all'));
      expect(run).toMatchObject({ state: 'failed', outcome: { reason: 'rollback_failed' } });
      expect(said(run).join(' ')).toContain('Tidying up failed: look at what the plan’s steps name');
    });
  });

  test('while it puts back, its progress goes on telling how the steps stand', async () => {
    home.world.canUndo = true;
    await start();
    const { id } = await confirmed(await previewed(bot, 'all'));
    const told = bot.events.flatMap((event) =>
      event.type === 'progress' && event.runId === id ? [event.progress] : [],
    );
    expect(told.length).toBeGreaterThan(7);
    expect(told.filter(({ steps }) => steps === undefined)).toEqual([]);
  });

  test('keeps backups, and says so', async () => {
    await start();
    const run = await confirmed(await previewed(bot, 'all'));
    expect(run.state).toBe('rolled_back');
    expect(said(run)).toEqual(['last failed.', 'films, photos, first stay: backups are kept.']);
    expect(run.progress?.steps).toMatchObject({ first: 'succeeded', films: 'succeeded' });
  });

  test('a stop counts between two of them, and says what was not undone', async () => {
    home.world.canUndo = true;
    await start();
    const preview = await previewed(bot, 'all');
    home.world.duringUndo = async () => {
      await bot.pipeline.stop(preview.id, alice);
      return undefined;
    };
    const run = await confirmed(preview);
    expect(run).toMatchObject({ state: 'cancelled', outcome: { reason: 'stopped' } });
    expect(home.world.undone).toEqual(['last']);
    expect(said(run).slice(0, 3)).toEqual([
      'Stopped by alice.',
      'last failed.',
      'last was undone: As before.',
    ]);
    expect(said(run)[3]).toMatch(
      /^Not undone, because the run was stopped: (films, photos|photos, films), first\.$/,
    );
    expect(run.progress?.steps).toMatchObject({
      first: 'succeeded',
      photos: 'succeeded',
      films: 'succeeded',
    });
  });

  test('says when something could not be put back', async () => {
    home.world.canUndo = true;
    home.world.duringUndo = () => Promise.reject(new Error('bug in undo'));
    await start();
    const run = await confirmed(await previewed(bot, 'all'));
    expect(run).toMatchObject({ state: 'failed', outcome: { reason: 'rollback_failed' } });
    expect(run.progress?.steps).toMatchObject({ first: 'failed', photos: 'failed' });
  });
});

describe('a step that is another one when its turn comes', () => {
  /** What `last` finds changes once `first` has run. */
  function changesAfterFirst(factsOf: (id: string) => Json = (id) => ({ instances: { id } })): void {
    home.world.targets = (intent) =>
      intent === 'last' ? factsOf(home.world.left.includes('first') ? 'new' : 'old') : null;
  }

  /** The last step works within what the first one worked on. */
  function worksOnTheSame(): void {
    const place = backupText('last').replace('/mnt/last', '/mnt/first/last');
    home.intents.splice(
      home.intents.findIndex(({ name }) => name === 'last'),
      1,
      intentOf('last', place),
    );
  }

  test('pauses the run, and the rest is asked for again', async () => {
    changesAfterFirst();
    await start();
    const run = await confirmed(await previewed(bot, 'all'));
    expect(run).toMatchObject({ state: 'plan_changed', outcome: { reason: 'plan_changed' } });
    expect(said(run)).toEqual([
      'last would do something else now than what was shown, so it was not begun.',
      'Done: first, photos, films.',
      'Not begun: last.',
    ]);
    const successor = await stored(run.outcome?.successor ?? '');
    expect(successor).toMatchObject({ state: 'awaiting', previous: run.id, plan: { resumes: run.id } });
    expect(successor.plan.graph?.nodes.map(({ name, doneIn }) => [name, doneIn])).toEqual([
      ['first', run.id],
      ['photos', run.id],
      ['films', run.id],
      ['last', undefined],
    ]);
    home.world.entered.length = 0;
    expect(await confirmed(successor)).toMatchObject({ state: 'succeeded' });
    expect(home.world.entered).toEqual(['last']);
  });

  test.each([
    ['its image', (image: string) => ({ image, instances: ['a'] })],
    ['the configuration of one of its services', (hash: string) => ({ services: [{ hash, instances: [] }] })],
  ])('pauses when %s has changed, also after a step on the same', async (_, factsOf) => {
    changesAfterFirst(factsOf);
    worksOnTheSame();
    await start();
    expect((await confirmed(await previewed(bot, 'all'))).state).toBe('plan_changed');
    expect(home.world.planned.every(({ dryRun }) => !dryRun)).toBe(true);
    expect(home.world.entered).not.toContain('last');
  });

  test('runs as it is now when only what earlier steps made anew has other ids', async () => {
    home.world.canUndo = true;
    changesAfterFirst();
    worksOnTheSame();
    await start();
    home.world.during = async (intent) =>
      intent === 'last' ? { state: 'failed', reason: 'command_failed', summary: [] } : undefined;
    const run = await confirmed(await previewed(bot, 'all'));
    expect(run.state).toBe('rolled_back');
    // What is undone is what was run, and another process would find the same.
    expect(home.world.undone[0]).toBe('last {"instances":{"id":"new"}}');
    const index = run.plan.graph?.nodes.at(-1)?.parts[0] ?? -1;
    expect(run.plan.parts[index]?.targets).toEqual({ instances: { id: 'old' } });
    const journal = await bot.deps.store.runs.journal(run.id);
    expect(partAsRun(run, journal, index)?.targets).toEqual({ instances: { id: 'new' } });
  });
});

test('the states are stored with the end, also where progress could not be', async () => {
  const patch = () => Promise.reject(new Error('no space'));
  await start({ store: (store) => ({ ...store, runs: { ...store.runs, patch } }) });
  home.world.during = async (intent) =>
    intent === 'films' ? { state: 'failed', reason: 'command_failed', summary: [] } : undefined;
  const { id } = await confirmed(await previewed(bot, 'all'));
  expect((await stored(id)).progress?.steps).toMatchObject({ first: 'succeeded', films: 'failed' });
});

test('the states are right where the whole run failed through a defect', async () => {
  await start();
  home.world.during = async (intent) => {
    if (intent !== 'last') return undefined;
    // Nobody is left to put anything back.
    (bot.deps.executors as Map<string, unknown>).clear();
    return { state: 'failed', reason: 'command_failed', summary: [] };
  };
  const { id } = await confirmed(await previewed(bot, 'all'));
  const run = await stored(id);
  expect(run).toMatchObject({ state: 'failed', outcome: { reason: 'internal_error' } });
  expect(run.progress?.steps).toEqual({
    first: 'succeeded',
    photos: 'succeeded',
    films: 'succeeded',
    last: 'failed',
  });
});

test('after a defect, nothing goes on that was under way', async () => {
  home.intents.push(
    intentOf(
      'fork',
      `action: steps
steps:
  first: { intent: first }
  photos: { intent: photos }
  last: { intent: last, needs: [first], when: steps.first == "succeeded" }
`,
    ),
  );
  await start();
  home.world.during = async (intent) => {
    if (intent === 'photos') await new Promise((resolve) => setTimeout(resolve, 100));
    return undefined;
  };
  const run = await previewed(bot, 'fork');
  const holds = (): boolean => {
    throw new Error('bug in holds');
  };
  const { signal } = new AbortController();
  const log = new RunLog((text) => text);
  const writes = new RunWrites(bot.deps, run);
  const scope = { signal, writes, log, progress: () => {}, planAgain: async () => [], holds };
  const { graph } = run.plan;
  if (!graph) throw new Error('no graph');
  await expect(runGraph(bot.deps, run, graph, scope)).rejects.toThrow('bug in holds');
  expect(home.world.left).toEqual(['first', 'photos']);
});

test('a shutdown ends what runs, begins nothing more, and leaves the rest to be resumed', async () => {
  await start();
  home.world.during = async (intent, signal) => {
    if (intent !== 'photos') return undefined;
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return { state: 'cancelled', reason: 'stopped', summary: [] };
  };
  const preview = await previewed(bot, 'all');
  const done = confirmed(preview);
  const isAlone = async () =>
    (await stored(preview.id)).state === 'running' &&
    (await bot.deps.store.history.newest()).some(({ intent }) => intent === 'films') &&
    home.world.entered.includes('photos');
  await until(isAlone, 'only one runs');
  await bot.pipeline.shutdown(0);
  const run = await done;
  expect(run).toMatchObject({ state: 'interrupted', outcome: { reason: 'shutdown' } });
  expect(said(run)).toEqual([
    'The bot was stopped while it ran.',
    'photos was stopped.',
    'Done: first, films.',
    'Not begun: last.',
  ]);
  await start();
  home.world.during = async () => undefined;
  expect(await confirmed(await previewed(bot, 'all', { resumes: run.id }))).toMatchObject({
    state: 'succeeded',
  });
});

test('the failure that ended the run is its reason, not one that it went on after', async () => {
  home.intents.push(
    intentOf(
      'mixed',
      `action: steps
max_parallel: 1
steps:
  first: { intent: first, on_failure: continue }
  photos: { intent: photos, needs: [first] }
`,
    ),
  );
  await start();
  home.world.during = async (intent) => ({
    state: 'failed',
    reason: intent === 'first' ? 'command_failed' : 'destination_full',
    summary: [],
  });
  const run = await confirmed(await previewed(bot, 'mixed'));
  expect(run).toMatchObject({ state: 'failed', outcome: { reason: 'destination_full' } });
  expect(said(run)).toEqual(['first failed.', 'photos failed.', 'The run went on without what failed.']);
  // Nothing is done, so there is nothing to resume.
  expect(run.outcome?.next).toBeUndefined();
});

test('states of many steps are not copied for each of them', async () => {
  const names = Array.from({ length: 150 }, (_, index) => `s${index}`);
  const line = (name: string) => `  ${name}: { intent: each, params: { name: ${name} } }\n`;
  home.intents.push(
    intentOf('each', backupText('{{ name }}', 'params:\n  name: { type: string }\n')),
    intentOf('many', `action: steps\nsteps:\n${names.map(line).join('')}`),
  );
  await start();
  const began = Date.now();
  const run = await confirmed(await previewed(bot, 'many'));
  expect(run.state).toBe('succeeded');
  const shown = bot.events.flatMap((event) => (event.type === 'progress' ? [event.progress.steps] : []));
  expect(shown.length).toBeGreaterThan(20);
  expect(new Set(shown).size).toBeLessThan((Date.now() - began) / 250 + 3);
  expect(said(run)).toHaveLength(13);
});
