import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { phrase, plain } from '../../src/core/model/phrase.js';
import type { PlanDraft } from '../../src/core/model/plan.js';
import type { Run } from '../../src/core/model/run.js';
import type { Executor, PlanContext } from '../../src/core/ports/executor.js';
import { NoAnswerError } from '../../src/core/ports/host.js';
import { alice, bob, gate, Installation, mallory, type Process, previewed, until } from './harness.js';

const DRAFT: PlanDraft = {
  ...{ steps: [{ title: phrase`Copy`, commands: [] }], effects: [], touches: ['path:/dst'] },
  ...{ warnings: [], blockers: [], targets: null, data: null },
};

let home: Installation;
let bot: Process;
/** What plan() does. */
let work: (ctx: PlanContext) => Promise<PlanDraft>;

beforeEach(async () => {
  home = await Installation.create();
  const executor: Executor = {
    kind: 'files',
    plan: (_fields, ctx) => work(ctx),
    run: async () => ({ state: 'succeeded', reason: 'done', summary: [], warnings: [] }),
    recover: async () => ({ summary: [] }),
  };
  bot = await home.start({ executors: [executor] });
});
afterEach(() => home.end());

const never = (): Promise<PlanDraft> => new Promise(() => {});

/** The run that is recorded while its plan is made. */
async function beingPlanned(): Promise<Run> {
  await until(() => bot.events.some(({ type }) => type === 'planning'), 'the plan is slow');
  const event = bot.events.find(({ type }) => type === 'planning');
  if (event?.type !== 'planning') throw new Error('no planning');
  const stored = await bot.deps.store.runs.get(event.run.id);
  if (!stored) throw new Error('it is not stored');
  return stored;
}

function said(run: Run): string {
  return (run.outcome?.summary ?? []).map(plain).join(' ');
}

describe('a plan that takes long', () => {
  test('can be seen, and is the plan of that very run once it is made', async () => {
    const slow = gate();
    work = () => slow.opened.then(() => DRAFT);
    const making = previewed(bot, 'photos');
    const early = await beingPlanned();
    expect(early).toMatchObject({ state: 'planned', owner: bot.ownership.id, plan: { parts: [] } });
    expect(await bot.deps.store.runs.list({ states: ['planned'], limit: 9 })).toHaveLength(1);
    slow.open();
    const run = await making;
    expect(run).toMatchObject({ id: early.id, state: 'awaiting', owner: null });
    const stored = await bot.deps.store.runs.get(run.id);
    expect(stored?.plan.parts).toHaveLength(1);
    expect(stored?.plan).toEqual(run.plan);
    const decided = await bot.pipeline.decide(run.id, alice, 'confirm');
    expect(decided.ok && (await decided.done)).toMatchObject({ state: 'succeeded' });
    expect(await bot.deps.store.audit.verify()).toMatchObject({ problems: [] });
  });

  test('of a dry run is over once it is made', async () => {
    const slow = gate();
    work = () => slow.opened.then(() => DRAFT);
    const making = previewed(bot, 'photos', { dryRun: true });
    await beingPlanned();
    slow.open();
    const { id } = await making;
    expect(await bot.deps.store.runs.get(id)).toMatchObject({ state: 'planned', owner: null, dryRun: true });
  });

  test('can be stopped by those who may, although it never ends by itself', async () => {
    work = never;
    const making = previewed(bot, 'photos');
    const { id } = await beingPlanned();
    home.rules = { kind: 'closed', file: '/policy.yaml' };
    expect(await bot.pipeline.stop(id, mallory)).toMatchObject({ ok: false });
    home.rules = { kind: 'open', keys: null };
    const asked = performance.now();
    expect(await bot.pipeline.stop(id, bob)).toMatchObject({ ok: true });
    const run = await making;
    expect(performance.now() - asked).toBeLessThan(5000);
    expect(run).toMatchObject({ state: 'cancelled', outcome: { reason: 'stopped' } });
    expect(said(run)).toBe(`${bob.name} cancelled it while the plan was made. Nothing was run.`);
    expect(await bot.pipeline.stop(id, bob)).toMatchObject({ ok: false, notice: { code: 'not_active' } });
  });

  test('is given up at its deadline', async () => {
    const short = { ...bot.deps.settings.deadlines, planMs: 300 };
    Object.assign(bot.deps.settings, { deadlines: short });
    work = never;
    const run = await previewed(bot, 'photos');
    expect(run).toMatchObject({ state: 'refused', outcome: { reason: 'blocked' } });
    expect(said(run)).toContain('The plan wasn’t finished after 0.3 s and was given up.');
  });

  test('is given up when the process ends, and that is no defect', async () => {
    work = never;
    const making = previewed(bot, 'photos');
    await beingPlanned();
    await bot.pipeline.shutdown(0);
    expect(await making).toMatchObject({ state: 'interrupted', outcome: { reason: 'shutdown' } });
    expect(bot.logged).toEqual([]);
  });
});

describe('what doesn’t answer', () => {
  test('blocks the plan with its name, and nothing is a defect', async () => {
    work = () =>
      Promise.reject(new NoAnswerError('/mnt/nas', phrase`${{ code: '/mnt/nas' }} doesn’t answer.`));
    const run = await previewed(bot, 'photos');
    expect(run).toMatchObject({ state: 'refused', outcome: { reason: 'blocked' } });
    expect(said(run)).toMatch(/^\/mnt\/nas doesn’t answer\. Check that disk or host/);
    expect(run.plan.parts[0]?.blockers[0]?.code).toBe('no_answer');
    expect(bot.logged).toEqual([]);
  });

  test('ends a confirmed run whose turn has come, without asking again', async () => {
    work = async () => DRAFT;
    const { id } = await previewed(bot, 'photos');
    let asked = 0;
    work = () => {
      asked += 1;
      return Promise.reject(new NoAnswerError('/mnt/nas', phrase`It doesn’t answer.`));
    };
    const decided = await bot.pipeline.decide(id, alice, 'confirm');
    const run = decided.ok ? await decided.done : null;
    expect(run).toMatchObject({ state: 'refused', outcome: { reason: 'blocked' } });
    expect(asked).toBe(1);
  });

  test('can be stopped while a confirmed run is planned again', async () => {
    work = async () => DRAFT;
    const { id } = await previewed(bot, 'photos');
    let asked = false;
    work = () => {
      asked = true;
      return never();
    };
    const decided = await bot.pipeline.decide(id, alice, 'confirm');
    await until(() => asked, 'it is planned again');
    await bot.pipeline.stop(id, alice);
    expect(decided.ok && (await decided.done)).toMatchObject({ state: 'cancelled' });
    // Its places are free.
    work = async () => DRAFT;
    expect(await previewed(bot, 'films')).toMatchObject({ state: 'awaiting' });
  });
});
