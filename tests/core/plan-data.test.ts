import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { phrase, plain } from '../../src/core/model/phrase.js';
import type { Run } from '../../src/core/model/run.js';
import type { Executor } from '../../src/core/ports/executor.js';
import { alice, executorOf, Installation, type Process, previewed, until } from './harness.js';

let home: Installation;
let bot: Process;

beforeEach(async () => {
  home = await Installation.create();
  home.world.targets = () => ({ list: 'a', partial: 'b' });
  bot = await start();
});
afterEach(() => home.end());

/** With an executor whose data has a version and a schema. */
function start(version = 1): Promise<Process> {
  const schema = async () => z.strictObject({ list: z.string(), partial: z.string() });
  const executor = { ...executorOf(home.world), data: { version, schema } } as unknown as Executor;
  return home.start({ executors: [executor] });
}

type Earlier = NonNullable<NonNullable<Executor['data']>['earlier']>;

const withDepth: Earlier = (data, version) => ({ ...(data as { list: string }), depth: version });

/** A build whose data has a member more, and that brings the data of before into its shape; with what it works on. */
async function nextBuild(earlier: Earlier = withDepth): Promise<{ next: Process; worked: unknown[] }> {
  const worked: unknown[] = [];
  const own = executorOf(home.world);
  const schema = async () => z.strictObject({ list: z.string(), partial: z.string(), depth: z.number() });
  const executor = {
    ...own,
    data: { version: 2, schema, earlier },
    recover: (part, journal, ctx) => {
      worked.push(part.data);
      return own.recover(part, journal, ctx);
    },
    rollBack: (part, journal, ctx) => {
      worked.push(part.data);
      return own.rollBack?.(part, journal, ctx) ?? Promise.reject(new Error('it has none'));
    },
  } as Executor;
  return { next: await home.start({ executors: [executor] }), worked };
}

async function confirmed({ id }: Run, process = bot): Promise<Run> {
  const decision = await process.pipeline.decide(id, alice, 'confirm');
  if (!decision.ok) throw new Error(`refused: ${decision.notice.code}`);
  return decision.done;
}

async function stored(id: string): Promise<Run> {
  const run = await bot.deps.store.runs.get(id);
  if (!run) throw new Error(`no run ${id}`);
  return run;
}

/** Changes the first part's data where it lies; the fingerprint stays. */
async function edit(run: Run, change: (data: Record<string, unknown>) => void): Promise<void> {
  const plan = structuredClone(run.plan) as unknown as { parts: { data: Record<string, unknown> }[] };
  change(plan.parts[0]?.data ?? {});
  const where = 'run = (SELECT seq FROM runs WHERE id = ?)';
  await home.sql(`UPDATE plans SET plan = ? WHERE ${where}`, JSON.stringify(plan), run.id);
}

function said({ outcome }: Run): string {
  return (outcome?.summary ?? []).map(plain).join(' ');
}

describe('a stored plan', () => {
  test.each<[string, (data: Record<string, unknown>) => void]>([
    ['lacks a member', (data) => delete data.partial],
    ['has a member more', (data) => Object.assign(data, { earlier: 1 })],
    ['has a member of another type', (data) => Object.assign(data, { list: null })],
  ])('whose data %s is asked again and never run', async (_, change) => {
    const preview = await previewed(bot, 'photos');
    await edit(preview, change);
    const run = await confirmed(preview);
    expect(run).toMatchObject({ state: 'plan_changed', outcome: { reason: 'plan_changed' } });
    expect(said(run)).toBe('The preview was made by another version of ChatOps.');
    expect(home.world.entered).toEqual([]);
    const next = await stored(run.outcome?.successor ?? '');
    expect(next).toMatchObject({ state: 'awaiting', plan: { parts: [{ dataVersion: 1 }] } });
    expect((await confirmed(next)).state).toBe('succeeded');
  });

  test('of another version is asked again', async () => {
    const preview = await previewed(bot, 'photos');
    const next = await start(2);
    expect((await confirmed(preview, next)).state).toBe('plan_changed');
    expect(home.world.entered).toEqual([]);
  });

  test('that nobody changed is run', async () => {
    expect((await confirmed(await previewed(bot, 'photos'))).state).toBe('succeeded');
  });
});

describe('after an update', () => {
  async function cutOff(): Promise<Run> {
    home.world.during = home.hang;
    const preview = await previewed(bot, 'photos');
    void confirmed(preview);
    await until(() => home.world.entered.length > 0, 'it is at work');
    return preview;
  }

  test('what waits with data of before is asked again, although they can be read', async () => {
    const preview = await previewed(bot, 'photos');
    const { next } = await nextBuild((data) => data);
    const run = await confirmed(preview, next);
    expect(run).toMatchObject({ state: 'plan_changed' });
    expect(said(run)).toBe('The preview was made by another version of ChatOps.');
    expect(home.world.entered).toEqual([]);
  });

  test('a run with data of before is recovered, and rolled back, with its data brought into today’s shape', async () => {
    home.world.rollBack = phrase`Put back what ran before.`;
    const { id } = await cutOff();
    const { next, worked } = await nextBuild();
    next.hosts.dead.add(100);
    await next.ownership.recoverDead();
    expect(said(await stored(id))).toContain('The partial file is removed.');
    const back = await previewed(next, 'photos', { undoes: id });
    expect(await confirmed(back, next)).toMatchObject({ state: 'rolled_back' });
    expect(worked).toEqual([
      { list: 'a', partial: 'b', depth: 1 },
      { list: 'a', partial: 'b', depth: 1 },
    ]);
  });

  test.each<[string, Earlier]>([
    ['gives up on', () => JSON.parse('{')],
    ['makes nothing of', (data) => data],
  ])('a run whose data of before the next build %s is ended honestly', async (_, earlier) => {
    const { id } = await cutOff();
    const { next, worked } = await nextBuild(earlier);
    next.hosts.dead.add(100);
    await next.ownership.recoverDead();
    expect(await stored(id)).toMatchObject({ state: 'interrupted' });
    expect(said(await stored(id))).toContain('made by another version of ChatOps');
    expect(worked).toEqual([]);
  });

  test('nothing is done with the data of a later version, whatever brings earlier ones into shape', async () => {
    bot = await start(3);
    const { id } = await cutOff();
    const { next, worked } = await nextBuild();
    next.hosts.dead.add(101);
    await next.ownership.recoverDead();
    expect(said(await stored(id))).toContain('made by another version of ChatOps');
    expect(worked).toEqual([]);
  });

  test('a run that can’t be read is ended honestly, its processes too, and frees what it held', async () => {
    const { id } = await cutOff();
    const next = await start(2);
    next.hosts.dead.add(100);
    await next.ownership.recoverDead();
    expect(await stored(id)).toMatchObject({ state: 'interrupted' });
    expect(said(await stored(id))).toMatch(
      /made by another version of ChatOps\. Look by hand at what it was about: \/dst\/photos\.$/,
    );
    expect(home.world.recovered).toEqual([]);
    expect(next.hosts.ended).toContain(id);
    expect(await next.deps.store.leases.list()).toEqual([]);
  });

  test('what was left can’t be rolled back by a version that doesn’t know it', async () => {
    home.world.rollBack = phrase`Put back what ran before.`;
    const { id } = await cutOff();
    const same = await start();
    same.hosts.dead.add(100);
    await same.ownership.recoverDead();
    const other = await start(2);
    const back = await previewed(other, 'photos', { undoes: id });
    expect(back).toMatchObject({ state: 'refused', outcome: { reason: 'blocked' } });
    expect(said(back)).toMatch(/can’t be rolled back by this version\./);
    expect(home.world.rolledBack).toEqual([]);
  });
});
