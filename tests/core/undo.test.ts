import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { phrase, plain } from '../../src/core/model/phrase.js';
import type { Run } from '../../src/core/model/run.js';
import { alice, Installation, mallory, type Process, previewed, request, until } from './harness.js';

let home: Installation;
let bot: Process;
let next: Process;
let cutOff: Run;

/** A run was cut off, its process died, and another one has tidied up. */
beforeEach(async () => {
  home = await Installation.create();
  home.world.rollBack = phrase`Go back to 2 replicas.`;
  bot = await home.start();
  home.world.during = home.hang;
  const run = await previewed(bot, 'photos');
  await bot.pipeline.decide(run.id, alice, 'confirm');
  await until(() => home.world.entered.length === 1, 'it runs');
  next = await home.start();
  next.hosts.dead.add(100);
  await next.ownership.recoverDead();
  cutOff = await stored(run.id);
});
afterEach(() => home.end());

async function stored(id: string): Promise<Run> {
  const run = await next.deps.store.runs.get(id);
  if (!run) throw new Error(`no run ${id}`);
  return run;
}

async function rollBack(id: string): Promise<Run> {
  const run = await previewed(next, 'photos', { undoes: id, previous: id });
  const decision = await next.pipeline.decide(run.id, alice, 'confirm');
  if (!decision.ok) throw new Error(decision.notice.code);
  return decision.done;
}

test('what can be put back is offered, previewed in its own words, and put back after a confirmation', async () => {
  expect(cutOff.outcome?.rollBack && plain(cutOff.outcome.rollBack)).toBe('Go back to 2 replicas.');
  const run = await previewed(next, 'photos', { undoes: cutOff.id });
  expect(run).toMatchObject({ state: 'awaiting', plan: { undoes: cutOff.id } });
  expect(run.plan.parts[0]?.steps.map(({ title }) => plain(title))).toEqual(['Go back to 2 replicas.']);
  expect(home.world.rolledBack).toEqual([]);
  const decision = await next.pipeline.decide(run.id, alice, 'confirm');
  expect(decision.ok && (await decision.done)).toMatchObject({ state: 'rolled_back' });
  // The journal is that of the run that was cut off, and run() was not entered again.
  expect(home.world.rolledBack).toEqual(['photos:touching']);
  expect(home.world.entered).toEqual(['photos']);
});

test('a roll back that is cut off can be repeated, with the first run’s journal', async () => {
  home.world.duringRollBack = home.hang;
  void rollBack(cutOff.id);
  await until(() => home.world.rolledBack.length === 1, 'it rolls back');
  const third = await home.start();
  for (const pid of [100, 101]) third.hosts.dead.add(pid);
  await third.ownership.recoverDead();
  next = third;
  const [again] = await third.deps.store.runs.list({ limit: 1 });
  expect(again).toMatchObject({ state: 'interrupted', outcome: { rollBack: ['Go back to 2 replicas.'] } });
  home.world.duringRollBack = async () => undefined;
  expect(await rollBack(again?.id ?? '')).toMatchObject({
    state: 'rolled_back',
    plan: { undoes: cutOff.id },
  });
  expect(home.world.rolledBack).toEqual(['photos:touching', 'photos:touching']);
});

test('an offer that was taken is no offer any more', async () => {
  const open = await previewed(next, 'photos', { undoes: cutOff.id });
  const { id } = await rollBack(cutOff.id);
  const admission = await next.pipeline.admit(request('photos', { undoes: cutOff.id }));
  expect(admission.ok ? 'admitted' : plain(admission.notice.message)).toBe(
    `${cutOff.id} can’t be rolled back any more: ${id} has begun to do that already.`,
  );
  // Also not from a preview of before.
  const decision = await next.pipeline.decide(open.id, alice, 'confirm');
  expect(decision.ok && (await decision.done)).toMatchObject({ state: 'refused' });
  expect(home.world.rolledBack).toHaveLength(1);
});

test('rolling back that failed may be tried once more', async () => {
  home.world.duringRollBack = () => Promise.reject(new Error('bug in rollBack'));
  expect(await rollBack(cutOff.id)).toMatchObject({ state: 'failed' });
  home.world.duringRollBack = async () => undefined;
  expect(await rollBack(cutOff.id)).toMatchObject({ state: 'rolled_back' });
});

test.each([
  ['a run that left nothing', async () => (await previewed(next, 'films')).id, {}, 'nothing_to_do'],
  ['a run that is not there', async () => 'r-2222', {}, 'nothing_to_do'],
  ['somebody without rights', async () => cutOff.id, { actor: mallory }, 'not_allowed'],
])('refuses %s', async (_, id, more, reason) => {
  const admission = await next.pipeline.admit(request('photos', { undoes: await id(), ...more }));
  expect(admission.ok ? 'admitted' : admission.notice.code).toBe(reason);
});

test('refuses another intent’s run', async () => {
  const admission = await next.pipeline.admit(request('films', { undoes: cutOff.id }));
  expect(admission.ok ? 'admitted' : admission.notice.code).toBe('nothing_to_do');
});
