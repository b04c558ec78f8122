import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { phrase, plain } from '../../src/core/model/phrase.js';
import { notice } from '../../src/core/model/reasons.js';
import type { Run } from '../../src/core/model/run.js';
import { StoreError } from '../../src/core/ports/store.js';
import {
  alice,
  bob,
  gate,
  Installation,
  intentNamed,
  keysOfNamed,
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
  bot = await home.start();
});
afterEach(() => home.end());

async function stored(id: string): Promise<Run> {
  const run = await bot.deps.store.runs.get(id);
  if (!run) throw new Error(`no run ${id}`);
  return run;
}

async function confirmed(id: string, process = bot): Promise<Run> {
  const decision = await process.pipeline.decide(id, alice, 'confirm');
  if (!decision.ok) throw new Error(`refused: ${decision.notice.code}`);
  return decision.done;
}

async function auditEvents(runId: string): Promise<string[]> {
  const rows = await bot.deps.store.audit.list(100);
  return rows
    .filter((row) => row.runId === runId)
    .map((row) => row.event)
    .reverse();
}

describe('admission', () => {
  test.each([
    ['a name that is not there', 'fotos', {}, 'intent_unknown'],
    ['a name with white space around it', ' photos', {}, 'intent_unknown'],
    ['a parameter that the intent does not have', 'photos', { params: { x: 1 } }, 'params_invalid'],
    ['another action than the command’s', 'photos', { action: 'scale' as const }, 'action_mismatch'],
    ['somebody without rights', 'photos', { actor: mallory }, 'not_allowed'],
    ['somebody without rights who guesses names', 'fotos', { actor: mallory }, 'not_allowed'],
  ])('refuses %s', async (_, intent, more, reason) => {
    const admission = await bot.pipeline.admit(request(intent, more));
    expect(admission.ok ? 'admitted' : admission.notice.code).toBe(reason);
    expect(home.world.planned).toEqual([]);
    expect(bot.events.map(({ type }) => type)).toEqual(['denied']);
    const [row] = await bot.deps.store.audit.list(1);
    expect(row).toMatchObject({ event: 'refused', detail: { reason } });
  });

  test('refuses an intent whose label is not the approved one', async () => {
    home.intents.push(
      intentNamed('risky', { labelRequired: 'prod' }),
      intentNamed('fine', { labelRequired: 'lab' }),
    );
    const lab = await home.start({ approvedLabel: 'lab' });
    const answers = await Promise.all(
      ['risky', 'fine', 'photos'].map((name) => lab.pipeline.admit(request(name))),
    );
    expect(answers.map((answer) => (answer.ok ? 'admitted' : answer.notice.code))).toEqual([
      'label_mismatch',
      'admitted',
      'admitted',
    ]);
  });

  test('shows the intents only to those who may run them', () => {
    expect(bot.pipeline.visible(alice).map(({ name }) => name)).toEqual(['photos', 'films']);
    expect(bot.pipeline.visible(mallory)).toEqual([]);
    expect(bot.pipeline.visible(alice, 'scale')).toEqual([]);
  });
});

describe('from request to outcome', () => {
  test('a confirmed run runs once, leaves its record and its audit rows', async () => {
    const run = await previewed(bot, 'photos');
    expect(run).toMatchObject({ state: 'awaiting', expiresAt: '2026-11-22T14:15:00.000Z', owner: null });
    const last = await confirmed(run.id);
    expect(last).toMatchObject({ state: 'succeeded', owner: null, outcome: { reason: 'done' } });
    expect(await stored(run.id)).toEqual({ ...last, progress: { part: 0, step: 0 } });
    expect(home.world.left).toEqual(['photos']);
    expect(await auditEvents(run.id)).toEqual(['planned', 'awaiting', 'confirmed', 'running', 'finished']);
    expect((await bot.deps.store.audit.verify()).problems).toEqual([]);
    expect(bot.events.map(({ type }) => type).filter((type) => type !== 'progress')).toEqual([
      'planned',
      'queued',
      'running',
      'step',
      'finished',
    ]);
    expect(await bot.deps.store.leases.list()).toEqual([]);
    expect(await bot.deps.store.runs.remembered(keysOfNamed('photos'), null)).toEqual({ files: 1 });
  });

  test('a dry run ends as planned and can’t be confirmed', async () => {
    const run = await previewed(bot, 'photos', { dryRun: true });
    expect(run.state).toBe('planned');
    expect(home.world.planned).toMatchObject([{ dryRun: true }]);
    const decision = await bot.pipeline.decide(run.id, alice, 'confirm');
    expect(decision.ok ? 'ran' : decision.notice.code).toBe('already_decided');
    expect(home.world.entered).toEqual([]);
  });

  test('a blocked plan is refused with what to do, and never runs', async () => {
    home.world.blocked = true;
    const run = await previewed(bot, 'photos');
    expect(run).toMatchObject({ state: 'refused', outcome: { reason: 'blocked' } });
    expect(run.outcome?.summary.map(plain)).toEqual([
      'tar is not installed. Install it, then try again.',
      'Nothing was run.',
    ]);
    expect((await bot.pipeline.decide(run.id, alice, 'confirm')).ok).toBe(false);
    expect(home.world.entered).toEqual([]);
  });

  test('a bug in an executor’s plan is a refusal to people and a stack to the log', async () => {
    home.world.planBug = true;
    const run = await previewed(bot, 'photos');
    expect(run).toMatchObject({ state: 'refused', outcome: { reason: 'internal_error' } });
    expect(JSON.stringify(run.outcome)).not.toContain('bug in plan');
    expect(bot.logged).toMatchObject([{ err: new Error('bug in plan') }]);
  });

  test('a bug in an executor’s run fails the run and frees what it held', async () => {
    home.world.during = async () => {
      throw new Error('bug in run');
    };
    const run = await previewed(bot, 'photos');
    expect(await confirmed(run.id)).toMatchObject({ state: 'failed', outcome: { reason: 'internal_error' } });
    expect(await bot.deps.store.leases.list()).toEqual([]);
  });

  test('intents that it depends on run first, and nothing after a failure', async () => {
    home.intents.push(intentNamed('all', { dependsOn: ['photos', 'films'] }));
    home.world.during = async (intent) =>
      intent === 'films' ? { state: 'failed', reason: 'command_failed', summary: [] } : undefined;
    const last = await confirmed((await previewed(bot, 'all')).id);
    expect(home.world.entered).toEqual(['photos', 'films']);
    expect(last).toMatchObject({ state: 'failed', outcome: { reason: 'command_failed' } });
    expect(last.outcome?.summary.map(plain)).toContain(
      'This was step 2 of 3; the later ones were not started.',
    );
  });

  test('secrets are masked in the outcome, the events and the log', async () => {
    home.redactor.add('hunter22');
    home.world.during = async () => ({
      state: 'failed',
      reason: 'command_failed',
      summary: [['login hunter22']],
    });
    const last = await confirmed((await previewed(bot, 'photos')).id);
    expect(JSON.stringify([last, await stored(last.id)])).not.toContain('hunter22');
    expect(JSON.stringify(last.outcome)).toContain('login ••••');
  });
});

describe('decisions', () => {
  test('of two clicks at once one wins, and the run runs once', async () => {
    const run = await previewed(bot, 'photos');
    const answers = await Promise.all([1, 2, 3].map(() => bot.pipeline.decide(run.id, alice, 'confirm')));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers.filter((answer) => !answer.ok && answer.notice.code === 'already_decided')).toHaveLength(
      2,
    );
    await Promise.all(answers.map((answer) => (answer.ok ? answer.done : null)));
    expect(home.world.entered).toEqual(['photos']);
  });

  test('of two processes that confirm at once one wins', async () => {
    const other = await home.start();
    const run = await previewed(bot, 'photos');
    const answers = await Promise.all(
      [bot, other].map(({ pipeline }) => pipeline.decide(run.id, alice, 'confirm')),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    await Promise.all(answers.map((answer) => (answer.ok ? answer.done : null)));
    expect(home.world.entered).toEqual(['photos']);
  });

  test('only the one who asked may answer', async () => {
    const run = await previewed(bot, 'photos');
    for (const answer of ['confirm', 'cancel'] as const) {
      const decision = await bot.pipeline.decide(run.id, bob, answer);
      expect(decision.ok ? 'ok' : decision.notice.code).toBe('not_asker');
    }
    expect((await stored(run.id)).state).toBe('awaiting');
  });

  test('rights are looked up again: an asker who lost them can’t confirm', async () => {
    const run = await previewed(bot, 'photos');
    const decision = await bot.pipeline.decide(run.id, { ...alice, administrator: false }, 'confirm');
    expect(decision.ok ? 'ok' : decision.notice.code).toBe('not_allowed');
    expect(home.world.entered).toEqual([]);
  });

  test('cancel ends it, and nothing runs afterwards', async () => {
    const run = await previewed(bot, 'photos');
    expect((await bot.pipeline.decide(run.id, alice, 'cancel')).ok).toBe(true);
    expect((await stored(run.id)).state).toBe('cancelled');
    expect((await bot.pipeline.decide(run.id, alice, 'confirm')).ok).toBe(false);
    expect(home.world.entered).toEqual([]);
  });

  test('a preview expires by the press that comes too late', async () => {
    const run = await previewed(bot, 'photos');
    home.now = new Date('2026-11-22T14:15:00Z');
    const decision = await bot.pipeline.decide(run.id, alice, 'confirm');
    expect(decision.ok ? 'ok' : decision.notice.code).toBe('not_confirmed_in_time');
    expect((await stored(run.id)).state).toBe('expired');
  });

  test('a preview expires by itself, once, and not a moment early', async () => {
    const run = await previewed(bot, 'photos');
    home.now = new Date('2026-11-22T14:14:59Z');
    await bot.pipeline.expireOverdue();
    expect((await stored(run.id)).state).toBe('awaiting');
    home.now = new Date('2026-11-22T14:15:01Z');
    await Promise.all([bot.pipeline.expireOverdue(), bot.pipeline.expireOverdue()]);
    expect((await stored(run.id)).state).toBe('expired');
    expect(bot.events.filter(({ type }) => type === 'finished')).toHaveLength(1);
  });

  test('a waiting preview survives the process that made it', async () => {
    const run = await previewed(bot, 'photos');
    bot.hosts.dead.add(100);
    const next = await home.start();
    next.hosts.dead.add(100);
    await next.ownership.recoverDead();
    expect(await confirmed(run.id, next)).toMatchObject({ state: 'succeeded' });
  });
});

describe('nothing to do', () => {
  test('nobody is asked, nothing runs, and no estimate comes of it', async () => {
    home.world.idle = true;
    const run = await previewed(bot, 'photos');
    expect(run).toMatchObject({ state: 'succeeded', startedAt: null, outcome: { reason: 'nothing_to_do' } });
    expect(run.outcome?.summary.map(plain)).toEqual(['All is current.']);
    expect((await bot.pipeline.decide(run.id, alice, 'confirm')).ok).toBe(false);
    expect(home.world.entered).toEqual([]);
    home.world.idle = false;
    expect((await previewed(bot, 'photos')).plan.parts[0]?.expected).toBe('first_run');
  });

  test('a plan with nothing left to do takes the place of the one that was shown', async () => {
    const run = await previewed(bot, 'photos');
    home.world.idle = true;
    const last = await confirmed(run.id);
    expect(last.state).toBe('plan_changed');
    expect(await stored(last.outcome?.successor ?? '')).toMatchObject({
      state: 'succeeded',
      startedAt: null,
    });
  });
});

describe('what was shown is what runs', () => {
  test.each<[string, () => void, RegExp]>([
    [
      'another file would be deleted',
      () => home.world.deletions.push('/dst/photos/x'),
      /^It would also delete .*x\.$/,
    ],
    [
      'there is more than a fifth more to do',
      () => (home.world.bytes = 1201),
      /^There are 1\.2 KiB to write now, not 1000 B\.$/,
    ],
    ['something blocks it now', () => (home.world.blocked = true), /./],
  ])('nothing runs when %s; what changed is told and the new plan is shown', async (_, change, said) => {
    const run = await previewed(bot, 'photos');
    home.now = new Date('2026-11-22T14:05:00Z');
    change();
    const last = await confirmed(run.id);
    expect(last).toMatchObject({ state: 'plan_changed', outcome: { reason: 'plan_changed' } });
    expect((last.outcome?.summary ?? []).map(plain).join(' ')).toMatch(said);
    expect(home.world.entered).toEqual([]);
    const successor = await stored(last.outcome?.successor ?? '');
    expect(successor).toMatchObject({ previous: run.id, state: home.world.blocked ? 'refused' : 'awaiting' });
    expect(successor.plan.plannedAt).toBe('2026-11-22T14:05:00.000Z');
  });

  test('it is planned again for the same instant, so that names stay as shown', async () => {
    const run = await previewed(bot, 'photos');
    home.now = new Date('2026-11-22T14:05:00Z');
    expect(await confirmed(run.id)).toMatchObject({ state: 'succeeded' });
    expect(new Set(home.world.planned.map(({ plannedAt }) => plannedAt)).size).toBe(1);
    expect(home.world.planned).toMatchObject([{ dryRun: false }, { dryRun: false }]);
  });

  test('an intent that is gone by then is refused', async () => {
    const run = await previewed(bot, 'photos');
    home.intents.splice(0, 1);
    expect(await confirmed(run.id)).toMatchObject({
      state: 'refused',
      outcome: { reason: 'intent_unknown' },
    });
    expect(home.world.entered).toEqual([]);
  });

  test('a store that fails before the run begins means that nothing runs', async () => {
    const { StoreError } = await import('../../src/core/ports/store.js');
    const broken = await home.start({
      store: (store) => ({
        ...store,
        runs: new Proxy(store.runs, {
          get: (runs, key) =>
            key === 'transition'
              ? (id: string, from: 'queued', to: string, ...rest: never[]) => {
                  if (to === 'running') throw new StoreError('disk full');
                  return Reflect.apply(runs.transition, runs, [id, from, to, ...rest]);
                }
              : Reflect.get(runs, key).bind?.(runs),
        }),
      }),
    });
    const run = await previewed(broken, 'photos');
    expect(await confirmed(run.id, broken)).toMatchObject({
      state: 'failed',
      outcome: { reason: 'store_unavailable' },
    });
    const { outcome } = await stored(run.id);
    expect(outcome?.summary.map(plain).join(' ')).toMatch(/can’t be used: disk full\. Nothing was run\.$/);
    expect(home.world.entered).toEqual([]);
  });
});

describe('stopping', () => {
  function untilAborted(): void {
    home.world.during = (_, signal) =>
      new Promise((resolve) => {
        const cancelled = { state: 'cancelled', reason: 'stopped', summary: [['Nothing is left.']] } as const;
        signal.addEventListener('abort', () => resolve(cancelled));
      });
  }

  test.each([
    ['the one who asked', alice, true],
    ['another who may run it', bob, true],
    ['somebody without rights', mallory, false],
  ])('by %s', async (_, actor, allowed) => {
    untilAborted();
    const run = await previewed(bot, 'photos');
    const decision = await bot.pipeline.decide(run.id, alice, 'confirm');
    await until(() => home.world.entered.length === 1, 'it runs');
    const answer = await bot.pipeline.stop(run.id, actor);
    expect(answer.ok).toBe(allowed);
    if (!allowed) await bot.pipeline.stop(run.id, alice);
    const last = decision.ok ? await decision.done : run;
    expect(last).toMatchObject({ state: 'cancelled', outcome: { reason: 'stopped' } });
    expect(last.outcome?.summary.map(plain)).toEqual([
      `Stopped by ${allowed ? actor.name : 'alice'}.`,
      'Nothing is left.',
    ]);
    expect(await auditEvents(run.id)).toContain('stop_requested');
  });

  test('works on a run of another process', async () => {
    untilAborted();
    const other = await home.start();
    const run = await previewed(bot, 'photos');
    const decision = await bot.pipeline.decide(run.id, alice, 'confirm');
    await until(() => home.world.entered.length === 1, 'it runs');
    expect((await other.pipeline.stop(run.id, bob)).ok).toBe(true);
    expect(decision.ok ? (await decision.done).state : 'refused').toBe('cancelled');
  });

  test('a run that ended can’t be stopped', async () => {
    const run = await confirmed((await previewed(bot, 'photos')).id);
    const answer = await bot.pipeline.stop(run.id, alice);
    expect(answer.ok ? 'stopped' : answer.notice.code).toBe('not_active');
  });

  test('shutdown lets a run end in its grace, then stops it, and takes no new ones', async () => {
    untilAborted();
    const run = await previewed(bot, 'photos');
    const decision = await bot.pipeline.decide(run.id, alice, 'confirm');
    await until(() => home.world.entered.length === 1, 'it runs');
    await bot.pipeline.shutdown(20);
    expect(decision.ok && (await decision.done)).toMatchObject({
      state: 'interrupted',
      outcome: { reason: 'shutdown' },
    });
    const admission = await bot.pipeline.admit(request('photos'));
    expect(admission.ok ? 'admitted' : admission.notice.code).toBe('shutting_down');
  });
});

describe('waiting for each other', () => {
  test('runs on the same thing take turns in the order of confirmation', async () => {
    home.intents.push(intentNamed('photos2', { steps: intentNamed('photos').steps }));
    const first = gate();
    home.world.during = async (intent) => {
      if (intent === 'photos') await first.opened;
      return undefined;
    };
    const runs = [
      await previewed(bot, 'photos'),
      await previewed(bot, 'photos2'),
      await previewed(bot, 'films'),
    ];
    const a = confirmed(runs[0]?.id ?? '');
    await until(() => home.world.entered.length === 1, 'the first runs');
    home.now = new Date('2026-11-22T14:00:01Z');
    const b = confirmed(runs[1]?.id ?? '');
    const c = confirmed(runs[2]?.id ?? '');
    await c;
    expect(home.world.left).toEqual(['films']);
    await until(
      () => bot.events.some((event) => event.type === 'queued' && event.waitsFor.length > 0),
      'the wait shows',
    );
    expect(
      bot.events.findLast((event) => event.type === 'queued' && event.waitsFor.length > 0),
    ).toMatchObject({
      run: { id: runs[1]?.id },
      waitsFor: [runs[0]?.id],
    });
    first.open();
    await Promise.all([a, b]);
    expect(home.world.left).toEqual(['films', 'photos', 'photos2']);
  });

  test('a waiting run can be cancelled and never runs', async () => {
    const first = gate();
    home.world.during = async () => {
      await first.opened;
      return undefined;
    };
    const [held, waiting] = [await previewed(bot, 'photos'), await previewed(bot, 'photos')];
    const a = confirmed(held.id);
    await until(() => home.world.entered.length === 1, 'the first runs');
    const b = confirmed(waiting.id);
    await until(async () => (await stored(waiting.id)).state === 'queued', 'it waits');
    await bot.pipeline.stop(waiting.id, alice);
    expect(await b).toMatchObject({ state: 'cancelled', startedAt: null });
    first.open();
    await a;
    expect(home.world.entered).toEqual(['photos']);
  });

  test('one whose database was lost while it waited never begins, and says so', async () => {
    const first = gate();
    home.world.during = async () => {
      await first.opened;
      return undefined;
    };
    const [held, waiting] = [await previewed(bot, 'photos'), await previewed(bot, 'photos')];
    const a = confirmed(held.id);
    await until(() => home.world.entered.length === 1, 'the first runs');
    const b = confirmed(waiting.id);
    await until(async () => (await stored(waiting.id)).state === 'queued', 'it waits');
    const gone = notice('store_unavailable', phrase`The database is no longer there.`, phrase`Put it back.`);
    bot.deps.faults.open('data-directory', gone, { blocksRuns: true });
    first.open();
    await a;
    const ended = await b;
    expect(ended).toMatchObject({
      state: 'failed',
      startedAt: null,
      outcome: { reason: 'store_unavailable', next: gone.remedy },
    });
    expect(ended.outcome?.summary.map(plain)).toEqual([
      'The database is no longer there.',
      'Nothing was run.',
    ]);
    expect(home.world.entered).toEqual(['photos']);
  });
});

describe('after a process died', () => {
  async function dieWhileRunning(): Promise<Run> {
    home.world.during = home.hang;
    const run = await previewed(bot, 'photos', { source: 'discord' });
    await bot.pipeline.decide(run.id, alice, 'confirm');
    await until(() => home.world.entered.length === 1, 'it runs');
    return run;
  }

  test('its run is tidied up, told truthfully, and the next one can run', async () => {
    const run = await dieWhileRunning();
    const next = await home.start();
    next.hosts.dead.add(100);
    await next.ownership.recoverDead();
    const after = await stored(run.id);
    expect(after).toMatchObject({ state: 'interrupted', owner: null, outcome: { reason: 'process_died' } });
    expect(after.outcome?.summary.map(plain)).toEqual([
      'The bot was restarted while it ran.',
      'The partial file is removed.',
    ]);
    expect(next.hosts.ended).toEqual([run.id]);
    expect(home.world.recovered).toEqual(['photos:touching']);
    expect(next.events.map(({ type }) => type)).toEqual(['finished']);
    home.world.during = async () => undefined;
    expect(await confirmed((await previewed(next, 'photos')).id, next)).toMatchObject({ state: 'succeeded' });
  });

  test('what it holds stays held until its end is stored', async () => {
    const run = await dieWhileRunning();
    let isFull = true;
    const next = await home.start({
      store: (store) => ({
        ...store,
        runs: {
          ...store.runs,
          transition: (...args) =>
            isFull
              ? Promise.reject(new StoreError('no space', { fault: 'full' }))
              : store.runs.transition(...args),
        },
      }),
    });
    next.hosts.dead.add(100);
    await next.ownership.recoverDead();
    expect((await stored(run.id)).state).toBe('running');
    expect((await bot.deps.store.leases.list()).map(({ runId }) => runId)).toContain(run.id);
    isFull = false;
    await next.ownership.unstored.settle(10_000);
    expect((await stored(run.id)).state).toBe('interrupted');
    expect(await bot.deps.store.leases.list()).toEqual([]);
    expect(home.world.recovered).toEqual(['photos:touching']);
  });

  test('two survivors recover it once', async () => {
    await dieWhileRunning();
    const [b, c] = [await home.start(), await home.start()];
    for (const { hosts } of [b, c]) hosts.dead.add(100);
    await Promise.all([b.ownership.recoverDead(), c.ownership.recoverDead()]);
    expect(home.world.recovered).toEqual(['photos:touching']);
  });

  test('a living process’s runs are left alone', async () => {
    const run = await dieWhileRunning();
    const next = await home.start();
    await next.ownership.recoverDead();
    expect((await stored(run.id)).state).toBe('running');
    expect(home.world.recovered).toEqual([]);
  });

  test('a run that waited becomes interrupted, with nothing to tidy up', async () => {
    const running = await dieWhileRunning();
    const waiting = await previewed(bot, 'photos');
    await bot.pipeline.decide(waiting.id, alice, 'confirm');
    const next = await home.start();
    next.hosts.dead.add(100);
    await next.ownership.recoverDead();
    expect((await stored(waiting.id)).outcome?.summary.map(plain)).toEqual([
      'The bot was restarted before it began.',
      'Nothing had been started.',
    ]);
    expect(next.hosts.ended).toEqual([running.id]);
  });
});
