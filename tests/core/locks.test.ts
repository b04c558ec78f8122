import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { plain } from '../../src/core/model/phrase.js';
import type { Actor } from '../../src/core/model/request.js';
import type { Run } from '../../src/core/model/run.js';
import { parseDuration } from '../../src/core/text/duration.js';
import {
  alice,
  bob,
  gate,
  Installation,
  intentNamed,
  mallory,
  type Process,
  previewed,
  request,
  until,
} from './harness.js';

let home: Installation;
let bot: Process;
beforeEach(async () => {
  home = await Installation.create();
  home.intents.push(
    intentNamed('music', { stack: 'audio', steps: [] }),
    intentNamed('all', { stack: 'everything', dependsOn: ['music', 'photos'] }),
  );
  bot = await home.start();
});
afterEach(() => home.end());

const wish = (more: { stack?: string; reason?: string; for?: string } = {}) => ({
  stack: 'media',
  reason: 'moving disks',
  ...more,
});

async function locked(actor: Actor, more: Parameters<typeof wish>[0] = {}, process = bot): Promise<string> {
  const answer = await process.pipeline.locks.lock(actor, 'discord', wish(more));
  return answer.ok ? 'locked' : answer.notice.code;
}
async function unlocked(actor: Actor, stack = 'media'): Promise<string> {
  const answer = await bot.pipeline.locks.unlock(actor, 'discord', stack);
  return answer.ok ? 'unlocked' : answer.notice.code;
}
async function admitted(intent: string, more = {}): Promise<string> {
  const admission = await bot.pipeline.admit(request(intent, more));
  return admission.ok ? 'admitted' : plain(admission.notice.message);
}
async function confirmed(run: Run, process = bot): Promise<string> {
  const decision = await process.pipeline.decide(run.id, alice, 'confirm');
  return decision.ok ? (await decision.done).state : decision.notice.code;
}
const REFUSAL = 'media is locked by alice since 2026-11-22 14:00 UTC: moving disks';

describe('a hold on a stack', () => {
  test('refuses runs on it from every process, with who, why, since when and what to do', async () => {
    const other = await home.start();
    expect(await locked(alice, {}, other)).toBe('locked');
    expect(await admitted('photos', { actor: bob })).toBe(REFUSAL);
    const admission = await bot.pipeline.admit(request('photos', { actor: alice }));
    expect(admission.ok ? 'admitted' : plain(admission.notice.remedy)).toBe(
      'Ask alice, or anybody else with the right lock, to unlock it.',
    );
    expect(await admitted('music')).toBe('admitted');
    expect(await admitted('photos', { dryRun: true })).toBe('admitted');
  });

  test('also refuses what touches the stack through a dependency or a plan', async () => {
    await locked(alice);
    expect(await admitted('all')).toBe(REFUSAL);
    expect(await unlocked(alice)).toBe('unlocked');
    expect(await admitted('all')).toBe('admitted');
    await locked(alice, { stack: 'audio' });
    expect(await admitted('all')).toMatch(/^audio is locked/);
  });

  test('a preview that waits is refused at Confirm, and works again afterwards', async () => {
    const run = await previewed(bot, 'photos');
    await locked(bob);
    expect(await confirmed(run)).toBe('stack_locked');
    expect((await bot.deps.store.runs.get(run.id))?.state).toBe('awaiting');
    await unlocked(bob);
    expect(await confirmed(run)).toBe('succeeded');
  });

  test('a run that waits for its turn is refused before it begins; the running one goes on', async () => {
    const first = gate();
    home.world.during = async () => {
      await first.opened;
      return undefined;
    };
    const running = confirmed(await previewed(bot, 'photos'));
    await until(() => home.world.entered.length === 1, 'the first runs');
    const waiting = await previewed(bot, 'photos');
    const second = confirmed(waiting);
    await until(async () => (await bot.deps.store.runs.get(waiting.id))?.state === 'queued', 'it waits');
    await locked(bob);
    first.open();
    expect([await running, await second]).toEqual(['succeeded', 'refused']);
    expect((await bot.deps.store.runs.get(waiting.id))?.outcome?.reason).toBe('stack_locked');
    expect(home.world.entered).toEqual(['photos']);
  });

  test('taken while a plan is being made: the plan can’t be confirmed', async () => {
    const admission = await bot.pipeline.admit(request('photos'));
    if (!admission.ok) throw new Error('refused');
    await locked(bob);
    expect(await bot.pipeline.prepare(admission.ticket)).toMatchObject({
      state: 'refused',
      outcome: { reason: 'stack_locked' },
    });
  });

  test('ends when its time is over, also for a preview that was open', async () => {
    const run = await previewed(bot, 'photos');
    await locked(bob, { for: '10m' });
    home.now = new Date('2026-11-22T14:09:59Z');
    expect(await confirmed(run)).toBe('stack_locked');
    home.now = new Date('2026-11-22T14:10:00Z');
    expect(await bot.pipeline.locks.list()).toEqual([]);
    expect(await confirmed(run)).toBe('succeeded');
    expect(await locked(alice)).toBe('locked');
  });

  test('stands in the status of its stack only', async () => {
    await locked(alice, { for: '2h' });
    const status = await bot.pipeline.status(bob);
    expect(status.map(({ stack, lock }) => [stack, lock?.reason ?? null, lock?.until ?? null])).toEqual([
      ['audio', null, null],
      ['everything', null, null],
      ['media', 'moving disks', '2026-11-22T16:00:00.000Z'],
    ]);
  });
});

describe('who may', () => {
  test('lock: those with the right, on stacks that exist, with a reason and an end that is clear', async () => {
    expect(await locked(mallory)).toBe('not_allowed');
    expect(await locked(alice, { stack: 'medai' })).toBe('stack_unknown');
    expect(await locked(alice, { reason: ' ' })).toBe('lock_invalid');
    expect(await locked(alice, { reason: 'a\nb' })).toBe('lock_invalid');
    expect(await locked(alice, { reason: 'x'.repeat(201) })).toBe('lock_invalid');
    expect(await locked(alice, { for: 'soon' })).toBe('lock_invalid');
    expect(await locked(alice, { for: '91d' })).toBe('lock_invalid');
    expect(await bot.pipeline.locks.list()).toEqual([]);
    expect(bot.pipeline.locks.lockable(mallory)).toEqual([]);
    expect(bot.pipeline.locks.lockable(alice)).toEqual(['audio', 'everything', 'media']);
  });

  test('one hold at a time; the holder can change it', async () => {
    const both = await Promise.all([locked(alice), locked(bob)]);
    expect(both.sort()).toEqual(['locked', 'stack_locked']);
    const [{ holder } = { holder: { name: '' } }] = await bot.pipeline.locks.list();
    expect(await locked(holder.name === 'alice' ? alice : bob, { reason: 'still', for: '1d' })).toBe(
      'locked',
    );
    expect(await bot.pipeline.locks.list()).toMatchObject([
      { reason: 'still', until: '2026-11-23T14:00:00.000Z' },
    ]);
  });

  test('unlock: the holder, also without rights by now, and others with the right', async () => {
    await locked(alice);
    expect(await unlocked(mallory)).toBe('not_allowed');
    expect(await unlocked({ ...alice, administrator: false })).toBe('unlocked');
    expect(await unlocked(bob)).toBe('not_locked');
    await locked(alice);
    expect(await unlocked(bob)).toBe('unlocked');
  });

  test('everything is audited, and secrets in a reason are masked', async () => {
    home.redactor.add('hunter22');
    await locked(alice, { reason: 'the password is hunter22' });
    await locked(mallory);
    await unlocked(bob);
    const rows = await bot.deps.store.audit.list(3);
    expect(rows.map(({ event, actor, detail }) => [event, actor.name, detail])).toEqual([
      ['unlocked', 'bob', { stack: 'media', holder: 'alice' }],
      ['refused', 'mallory', { stack: 'media', reason: 'not_allowed' }],
      ['locked', 'alice', { stack: 'media', reason: 'the password is ••••', until: null }],
    ]);
    expect((await bot.deps.store.audit.verify()).problems).toEqual([]);
  });
});

test.each([
  ['30m', 1_800_000],
  [' 2H ', 7_200_000],
  ['3d', 259_200_000],
  ['0m', null],
  ['1.5h', null],
  ['2', null],
  ['2w', null],
  ['', null],
])('%j lasts %p ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});
