import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { canResume } from '../../../src/core/admission/resume.js';
import { plain } from '../../../src/core/model/phrase.js';
import { EMPTY_POLICY, type Times } from '../../../src/core/model/policy.js';
import type { Actor } from '../../../src/core/model/request.js';
import type { Run } from '../../../src/core/model/run.js';
import type { Schedule } from '../../../src/core/model/schedule.js';
import { createScheduleDesk } from '../../../src/core/schedule/desk.js';
import { createRunSlots } from '../../../src/limits/run-slots.js';
import { intentOf } from '../../core/graph/media.js';
import { alice, Installation, mallory, previewed, until } from '../../core/harness.js';
import { openDesk } from '../../support/schedules.js';
import { isIdle, lookUntil, pass, scheduledIntent, startWatch, storedDues, type Watch } from './bench.js';

let installation: Installation;
let watch: Watch;
beforeEach(async () => {
  installation = await Installation.create();
});
afterEach(() => installation.end());

/** Starts with one schedule, whose times count from now on. */
async function begin(more: Partial<Schedule> = {}, intent: object = {}, options: object = {}): Promise<void> {
  installation.intents.push(scheduledIntent('nightly', more, intent));
  watch = await startWatch(installation, options);
  await watch.scheduler.look();
}

const entered = () => installation.world.entered;
const look = (what: string, condition: () => boolean | Promise<boolean>, seconds = 0) =>
  lookUntil(installation, watch, condition, what, seconds);
const idle = (seconds = 0) => look('everything is settled', () => isIdle(watch), seconds);
const dues = () => storedDues(installation.dataDir).map(({ due, state }) => [due.slice(11, 19), state]);
const events = async () => {
  const { incidents } = watch.process.deps.store;
  await incidents.enroll('test', new Date(0).toISOString());
  const ids = await incidents.due('test', 10);
  const all = await Promise.all(ids.map((id) => incidents.events(id, { after: 0, limit: 50 })));
  return all.flat().map(({ kind, text }) => `${kind}: ${text.map(plain).join(' ')}`);
};
const view = async () => {
  const [found] = await watch.desk.list(alice);
  if (!found) throw new Error('no schedule is listed');
  return found;
};

describe('a time that has come', () => {
  test('runs its intent once, in the name of the schedule, and says nothing when that succeeds', async () => {
    await begin();
    await idle(60);
    await idle();
    expect(entered()).toEqual(['nightly']);
    const [run] = await watch.process.deps.store.runs.list({ limit: 5 });
    expect(run).toMatchObject({
      state: 'succeeded',
      source: 'schedule',
      actor: { kind: 'schedule', id: 'nightly' },
    });
    expect(await events()).toEqual([]);
    expect((await view()).last?.run).toMatchObject({ id: run?.id, state: 'succeeded' });
  });

  test('is none before it has come, nor while it is not enabled', async () => {
    await begin();
    installation.intents.push(scheduledIntent('off', { enabled: false }));
    await idle(59);
    expect(entered()).toEqual([]);
    await idle(1);
    expect(entered()).toEqual(['nightly']);
  });

  test('a dry run stops with its plan', async () => {
    await begin({ dryRun: true });
    await idle(60);
    expect(dues()).toEqual([['14:01:00', 'planned']]);
    expect(entered()).toEqual([]);
    expect(await watch.desk.figures()).toMatchObject([{ lastAt: '2026-11-22T14:01:00.000Z' }]);
  });

  test('jitter delays it, and always by the same', async () => {
    await begin({ jitterSeconds: 50 });
    const [first] = (await view()).next;
    const delay = (Date.parse(first?.at ?? '') - Date.parse('2026-11-22T14:01:00Z')) / 1000;
    expect(delay).toBeGreaterThan(0);
    expect(delay).toBeLessThan(50);
    await idle(60 + Math.floor(delay));
    expect(entered()).toEqual([]);
    await idle(1);
    expect(entered()).toEqual(['nightly']);
  });

  test('with jitter, what is about to begin is shown as the next one', async () => {
    await begin({ jitterSeconds: 50 });
    const [first] = (await view()).next;
    pass(installation, 60);
    expect((await view()).next[0]).toEqual(first);
    await idle(50);
    expect((await view()).next[0]?.at.slice(0, 16)).toBe('2026-11-22T14:02');
  });

  test('a clock that was ahead holds nothing up, and what has run runs no second time', async () => {
    await begin({ timing: { kind: 'interval', seconds: 600 } });
    await idle(2 * 3600);
    await watch.scheduler.end();
    pass(installation, -3600);
    watch = await startWatch(installation);
    await idle();
    expect(watch.process.logged).toContainEqual({
      schedule: 'nightly',
      from: '2026-11-22T16:00:00.000Z',
      to: '2026-11-22T15:00:00.000Z',
    });
    await idle(600);
    expect(dues().map(([at]) => at)).toEqual(['15:10:00', '16:00:00']);
    await look('it is late', async () => await isIdle(watch), 3000);
    await idle();
    expect(entered()).toHaveLength(2);
  });

  test('a clock that is set back while the bot runs makes nothing late', async () => {
    await begin();
    pass(installation, -1800);
    await idle();
    await idle(60);
    expect(dues()).toEqual([['13:31:00', 'succeeded']]);
    expect(await events()).toEqual([]);
  });

  test('two processes run it once', async () => {
    await begin();
    const other = await startWatch(installation);
    pass(installation, 60);
    await Promise.all([watch.scheduler.look(), other.scheduler.look()]);
    await until(async () => {
      await Promise.all([watch.scheduler.look(), other.scheduler.look()]);
      return isIdle(watch);
    }, 'the run has ended');
    expect(entered()).toEqual(['nightly']);
  });

  test('other times count from the moment on at which they were written down', async () => {
    await begin();
    installation.intents.splice(
      2,
      1,
      scheduledIntent('nightly', { timing: { kind: 'interval', seconds: 45 } }),
    );
    await idle(60);
    expect(entered()).toEqual([]);
    await idle(31);
    expect(dues()).toEqual([['14:01:30', 'succeeded']]);
  });

  test('a schedule that is gone begins nothing more, and comes back without what it missed', async () => {
    await begin();
    const [removed] = installation.intents.splice(2, 1);
    await idle(600);
    if (removed) installation.intents.push(removed);
    await idle();
    await idle(60);
    expect(dues()).toEqual([['14:11:00', 'succeeded']]);
  });
});

describe('while the run before has not ended', () => {
  const busy = async (overlap: 'skip' | 'queue'): Promise<() => void> => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await begin({ overlap });
    installation.world.during = async () => {
      await held;
      return undefined;
    };
    await look('it runs', () => entered().length === 1, 60);
    pass(installation, 60);
    await watch.scheduler.look();
    pass(installation, 60);
    await watch.scheduler.look();
    return release;
  };

  test('skip leaves times out and says which run was in the way', async () => {
    const release = await busy('skip');
    const { last, skipped } = await view();
    expect(skipped).toBe(2);
    expect(last?.notice?.code).toBe('schedule_busy');
    release();
    await idle();
    expect(entered()).toEqual(['nightly']);
  });

  test('queue lets them wait, and runs them one after the other', async () => {
    const release = await busy('queue');
    expect((await view()).waiting).toBe(2);
    expect(entered()).toHaveLength(1);
    release();
    await idle();
    expect(dues()).toEqual([
      ['14:01:00', 'succeeded'],
      ['14:02:00', 'succeeded'],
      ['14:03:00', 'succeeded'],
    ]);
  });
});

describe('times at which no bot was there', () => {
  const away = async (more: Partial<Schedule>, minutes: number): Promise<void> => {
    await begin(more);
    await watch.scheduler.end();
    pass(installation, minutes * 60 + 30);
    watch = await startWatch(installation);
    await idle();
  };

  test.each([
    ['latest', 5, [['14:05:00', 'succeeded']], 'The latest runs now, the others don’t.'],
    ['latest', 1, [['14:01:00', 'succeeded']], 'It runs now.'],
    ['none', 5, [], 'None of them is made up for.'],
    [
      'all',
      3,
      [
        ['14:01:00', 'succeeded'],
        ['14:02:00', 'succeeded'],
        ['14:03:00', 'succeeded'],
      ],
      '3 of them run now, one after the other.',
    ],
  ] as const)('catch_up: %s after %i minutes', async (catchUp, minutes, ran, said) => {
    await away({ catchUp }, minutes);
    expect(dues()).toEqual(ran);
    const [missed = ''] = await events();
    expect(missed).toContain('missed: ');
    expect(missed).toContain('nightly');
    expect(missed).toContain(said);
    expect((await view()).missed).toBe(minutes);
  });

  test('all is at most a hundred, the newest', async () => {
    await away({ catchUp: 'all', timing: { kind: 'interval', seconds: 20 } }, 60);
    expect(dues()).toHaveLength(100);
    expect(dues().at(-1)).toEqual(['15:00:20', 'succeeded']);
    expect((await events())[0]).toContain('More than 100 runs');
  }, 60_000);

  test('a machine that slept was not there either', async () => {
    await begin({ catchUp: 'none' });
    pass(installation, 3630);
    await idle();
    expect(dues()).toEqual([]);
    await idle(30);
    expect(dues()).toEqual([['15:01:00', 'succeeded']]);
  });

  test('a run that ended with its bot is in nobody’s way', async () => {
    await begin();
    installation.world.during = installation.hang;
    await look('it runs', () => entered().length === 1, 60);
    installation.world.during = async () => undefined;
    const dead = watch.process.hosts.self().pid;
    pass(installation, 5 * 60 + 30);
    watch = await startWatch(installation);
    watch.process.hosts.dead.add(dead);
    await watch.process.ownership.recoverDead();
    await idle();
    expect(dues()).toEqual([
      ['14:01:00', 'interrupted'],
      ['14:06:00', 'succeeded'],
    ]);
    expect((await events()).find((line) => line.startsWith('missed'))).toContain('The latest runs now');
  });

  test('a late run waits for one that still runs, and what is told of it is so', async () => {
    await begin();
    installation.world.during = installation.hang;
    await look('it runs', () => entered().length === 1, 60);
    pass(installation, 5 * 60 + 30);
    await watch.scheduler.look();
    expect(dues()).toEqual([
      ['14:01:00', 'running'],
      ['14:06:00', null],
    ]);
    expect((await view()).waiting).toBe(1);
    expect((await events())[0]).toContain('The latest runs now');
  });

  test('a success ends the alert', async () => {
    await away({}, 5);
    expect((await events()).map((line) => line.split(':')[0])).toEqual(['missed', 'recovered']);
  });
});

describe('the rules of the policy', () => {
  const freeze: Times = {
    name: 'christmas',
    path: ['policy.yaml', 'freezes', 'christmas'],
    actions: ['*'],
    stacks: ['*'],
    intents: ['*'],
    days: [0, 1, 2, 3, 4, 5, 6],
    from: 0,
    to: 14 * 60 + 30,
    firstDay: null,
    lastDay: null,
    timezone: 'UTC',
    except: [],
    reason: null,
  };
  const role = {
    name: 'timers',
    path: ['policy.yaml', 'roles', 'timers'],
    ...{ discordRoles: [], users: [], apiKeys: [], webhooks: [], channels: null, endpoints: [] },
    ...{ actions: ['*'], stacks: ['*'], intents: ['*'] },
    schedules: ['nightly'],
    rights: ['run'] as const,
  };

  test('a freeze holds the run back until it ends; meanwhile one can see it', async () => {
    await begin();
    installation.rules = { kind: 'policy', policy: { ...EMPTY_POLICY, roles: [role], freezes: [freeze] } };
    pass(installation, 60);
    await watch.scheduler.look();
    await watch.scheduler.look();
    expect(entered()).toEqual([]);
    const operator = { kind: 'operator', id: 'ada', name: 'ada' } as const;
    const [seen] = await watch.desk.list(operator);
    expect(seen).toMatchObject({
      waiting: 1,
      held: { name: 'christmas', freeze: true, until: '2026-11-22T14:30:00.000Z' },
    });
    pass(installation, 28 * 60);
    await watch.scheduler.look();
    expect(entered()).toEqual([]);
    await idle(60);
    expect(entered()).toHaveLength(1);
    expect(dues()[0]).toEqual(['14:01:00', 'succeeded']);
  });

  test('a schedule without a role runs nothing, and that is a security alert', async () => {
    await begin();
    installation.rules = {
      kind: 'policy',
      policy: { ...EMPTY_POLICY, roles: [{ ...role, schedules: ['other'] }] },
    };
    await idle(60);
    expect(entered()).toEqual([]);
    expect((await events()).map((line) => line.split(':')[0])).toEqual(['denied']);
  });

  test('an intent that needs a person waits for one, and is not pressed again and again', async () => {
    await begin({}, { confirmRule: { confirm: 'person', approverRoles: [] } });
    const { runs, audit } = watch.process.deps.store;
    await look('it waits', async () => (await runs.list({ limit: 1 }))[0]?.state === 'awaiting', 60);
    for (let again = 0; again < 3; again += 1) {
      pass(installation, 10);
      await watch.scheduler.look();
    }
    expect((await audit.list(50)).filter(({ event }) => event === 'refused')).toEqual([]);
    const [run] = await runs.list({ limit: 1 });
    const decision = await watch.process.pipeline.decide(run?.id ?? '', alice, 'confirm');
    expect(decision.ok).toBe(true);
    await look('it has run', () => isIdle(watch), 10);
    expect(entered()).toEqual(['nightly']);
  });
});

describe('what can’t begin is told', () => {
  test('an intent that is gone', async () => {
    await begin({ intent: 'gone' });
    await idle(60);
    const [said = ''] = await events();
    expect(said).toContain('refused: The schedule nightly could not run it. There is no intent gone.');
    expect((await view()).last?.notice?.code).toBe('intent_unknown');
  });
});

test('a stack that is locked holds the run back until it is unlocked, without a word', async () => {
  await begin();
  const { locks } = watch.process.pipeline;
  await locks.lock(alice, 'discord', { stack: 'media', reason: 'moving disks' });
  pass(installation, 60);
  for (let again = 0; again < 3; again += 1) {
    await watch.scheduler.look();
    await until(async () => (await view()).waiting === 1, 'it waits');
    pass(installation, 6);
  }
  expect(await watch.process.deps.store.runs.list({ limit: 1 })).toEqual([]);
  expect((await watch.process.deps.store.audit.list(50)).map(({ event }) => event)).not.toContain('refused');
  await locks.unlock(alice, 'discord', 'media');
  await idle(6);
  expect(dues()).toEqual([['14:01:00', 'succeeded']]);
  expect(await events()).toEqual([]);
});

test('a run that is locked while it waits for its turn is made anew afterwards', async () => {
  await begin();
  const { leases, runs } = watch.process.deps.store;
  await leases.acquire('r-other', 'o-other', ['path:/dst/nightly'], installation.now.toISOString());
  await look('it is queued', async () => (await runs.list({ limit: 1 }))[0]?.state === 'queued', 60);
  const { locks } = watch.process.pipeline;
  await locks.lock(alice, 'discord', { stack: 'media', reason: 'moving disks' });
  await leases.release('r-other');
  await until(async () => (await runs.list({ limit: 1 }))[0]?.state === 'refused', 'it is refused');
  await watch.scheduler.look();
  await locks.unlock(alice, 'discord', 'media');
  await idle(6);
  expect((await runs.list({ limit: 5 })).map(({ state }) => state)).toEqual(['succeeded', 'refused']);
});

describe('a plan that changed', () => {
  test('while it waited for its turn is made anew, and runs', async () => {
    await begin();
    installation.world.deletions = ['/dst/old'];
    const { leases, runs } = watch.process.deps.store;
    await leases.acquire('r-other', 'o-other', ['path:/dst/nightly'], installation.now.toISOString());
    await look('it is queued', async () => (await runs.list({ limit: 1 }))[0]?.state === 'queued', 60);
    installation.world.deletions = ['/dst/old', '/dst/older'];
    await leases.release('r-other');
    await idle();
    expect((await runs.list({ limit: 5 })).map(({ state }) => state)).toEqual(['succeeded', 'plan_changed']);
    expect(entered()).toEqual(['nightly']);
  });

  test('each time is given up after five new ones, and told', async () => {
    await begin();
    let probes = 0;
    installation.world.targets = () => {
      probes += 1;
      return { probes };
    };
    await idle(60);
    expect(entered()).toEqual([]);
    const states = (await watch.process.deps.store.runs.list({ limit: 20 })).map(({ state }) => state);
    expect(states).toEqual(['cancelled', ...Array.from({ length: 6 }, () => 'plan_changed')]);
    expect((await events())[0]).toContain(
      'refused: The schedule nightly could not run it. Its plan changed each time before it could begin.',
    );
  });

  describe('in the middle', () => {
    const STEPS =
      'action: steps\nsteps:\n  first: { intent: photos }\n  last: { intent: films, needs: first }\n';
    const changing = (more = ''): Promise<void> => {
      const { world } = installation;
      world.targets = (name) =>
        name === 'films' ? { id: world.left.includes('photos') ? 'new' : 'old' } : null;
      return begin({}, intentOf('nightly', `${STEPS}${more}`));
    };

    test('is no plan that the schedule agrees to: people resume it', async () => {
      await changing();
      await idle(60);
      await idle();
      expect(entered()).toEqual(['photos']);
      expect(dues()).toEqual([['14:01:00', 'plan_changed']]);
      const { runs } = watch.process.deps.store;
      const [rest, paused] = await runs.list({ limit: 5 });
      expect([rest?.state, paused?.state]).toEqual(['cancelled', 'plan_changed']);
      expect((await events()).map((line) => line.split(':')[0])).toEqual(['interrupted']);
      const whole = await runs.get(paused?.id ?? '');
      if (!whole) throw new Error('gone');
      expect(plain(whole.outcome?.next ?? [])).toBe(
        'To go on, resume the run: what is done is not repeated.',
      );
      expect(canResume(whole)).toBe(true);
      const resumed = await previewed(watch.process, 'nightly', { resumes: whole.id });
      await ((await watch.process.pipeline.decide(resumed.id, alice, 'confirm')) as { done: Promise<Run> })
        .done;
      expect(entered()).toEqual(['photos', 'films']);
    });

    test('and whose rest has a time already: the schedule neither agrees to it nor makes it anew', async () => {
      await changing();
      const { runs, schedules } = watch.process.deps.store;
      await look('it runs', () => entered().length === 1, 60);
      await until(async () => (await runs.list({ limit: 2 }))[1]?.state === 'plan_changed', 'it paused');
      const [rest, paused] = await runs.list({ limit: 2 });
      const [due] = await schedules.open();
      await schedules.follow(due?.id ?? 0, paused?.id ?? '', rest?.id ?? '');
      await idle();
      expect(entered()).toEqual(['photos']);
      expect(dues()).toEqual([['14:01:00', 'cancelled']]);
    });

    test('waits for a person where one has to agree anyway', async () => {
      await changing('confirm: person\n');
      const { runs } = watch.process.deps.store;
      await look('it waits', async () => (await runs.list({ limit: 1 }))[0]?.state === 'awaiting', 60);
      const [run] = await runs.list({ limit: 1 });
      await watch.process.pipeline.decide(run?.id ?? '', alice, 'confirm');
      await idle(10);
      const [rest] = await runs.list({ limit: 1 });
      expect(rest).toMatchObject({ state: 'awaiting', previous: run?.id });
      expect(dues()).toEqual([['14:01:00', 'plan_changed']]);
    });
  });
});

describe('pausing', () => {
  test('holds runs back over a restart, says by whom, and is audited; what passed is not made up for', async () => {
    await begin();
    expect(await watch.desk.pause(alice, 'discord', 'nightly')).toMatchObject({ ok: true });
    expect(await watch.desk.pause(alice, 'discord', 'nightly')).toMatchObject({
      notice: { code: 'schedule_paused' },
    });
    await watch.scheduler.end();
    watch = await startWatch(installation);
    await idle(300);
    expect(dues()).toEqual([]);
    expect(await view()).toMatchObject({ paused: { by: { name: 'alice' } }, next: [] });
    expect(await watch.desk.resume(alice, 'discord', 'nightly')).toMatchObject({ ok: true });
    await idle();
    await idle(60);
    expect(dues()).toEqual([['14:06:00', 'succeeded']]);
    const trail = (await watch.process.deps.store.audit.list(50)).map(({ event }) => event);
    expect(trail).toEqual(expect.arrayContaining(['schedule_paused', 'schedule_resumed', 'refused']));
  });

  test('what waited when it was paused gets no run', async () => {
    await begin({ overlap: 'queue' });
    installation.world.during = installation.hang;
    await look('it runs', () => entered().length === 1, 60);
    pass(installation, 60);
    await watch.scheduler.look();
    await watch.desk.pause(alice, 'discord', 'nightly');
    await watch.scheduler.look();
    await watch.desk.resume(alice, 'discord', 'nightly');
    expect((await view()).waiting).toBe(0);
  });

  test('who may neither run nor stop may not, and who may not see it hears of no such schedule', async () => {
    await begin();
    expect(await watch.desk.pause(mallory, 'discord', 'nightly')).toMatchObject({
      ok: false,
      notice: { code: 'schedule_unknown' },
    });
    expect(await watch.desk.list(mallory)).toEqual([]);
  });
});

test('reading the files again tells each only what they may see', async () => {
  await begin();
  const told = async (actor: Actor, name: string) => {
    const { deps } = watch.process;
    const { schedules } = await openDesk(deps);
    const reloadIntents = async () => void installation.intents.push(scheduledIntent(name));
    const desk = createScheduleDesk({ ...deps, schedules, reloadIntents });
    const { added, schedules: count } = await desk.reload(actor);
    return { added, count };
  };
  expect(await told(alice, 'weekly')).toEqual({ added: ['weekly'], count: 2 });
  expect(await told(mallory, 'secret')).toEqual({ added: [], count: 0 });
});

test('a run that could not begin is no last run to the metric', async () => {
  await begin();
  installation.world.blocked = true;
  await idle(60);
  expect((await view()).last?.run).toMatchObject({ state: 'refused' });
  expect(await watch.desk.figures()).toMatchObject([{ schedule: 'nightly', lastAt: null }]);
  installation.world.blocked = false;
  await idle(60);
  expect(await watch.desk.figures()).toMatchObject([{ lastAt: '2026-11-22T14:02:00.000Z' }]);
});

test('200 that are due in the same second all run, in order of age', async () => {
  const names = Array.from({ length: 200 }, (_, index) => `job-${String(index).padStart(3, '0')}`);
  installation.intents.push(...names.map((name) => scheduledIntent(name)));
  watch = await startWatch(installation, { runSlots: createRunSlots(() => 4) });
  await watch.scheduler.look();
  pass(installation, 60);
  await idle();
  expect(entered()).toEqual(names);
}, 120_000);
