import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { answeredInTime } from '../../src/core/faults/store-deadline.js';
import { phrase, plain } from '../../src/core/model/phrase.js';
import type { Run } from '../../src/core/model/run.js';
import { StoreError } from '../../src/core/ports/store.js';
import { Unstored } from '../../src/core/records/unstored.js';
import { FragileStore } from './fragile-store.js';
import {
  alice,
  gate,
  Installation,
  intentNamed,
  type Process,
  previewed,
  request,
  until,
} from './harness.js';

const FULL = 'The disk of the data directory (/data) is full.';

let home: Installation;
let store: FragileStore;
let bot: Process;

beforeEach(async () => {
  home = await Installation.create();
  store = new FragileStore();
  bot = await home.start({ store: store.wrap });
});
afterEach(async () => {
  store.fails = () => false;
  await home.end();
});

async function begun(intent = 'photos', more = {}): Promise<{ run: Run; done: Promise<Run> }> {
  const { id } = await previewed(bot, intent, more);
  const decision = await bot.pipeline.decide(id, alice, 'confirm');
  if (!decision.ok) throw new Error(`refused: ${decision.notice.code}`);
  return decision;
}

async function stored(id: string): Promise<Run> {
  const run = await bot.deps.store.runs.get(id);
  if (!run) throw new Error(`no run ${id}`);
  return run;
}

function said({ outcome }: Run): string {
  return (outcome?.summary ?? []).map(plain).join(' ');
}

/** The store takes nothing from the moment at which the executor is at work. */
function fullWhileItRuns(): void {
  home.world.during = async () => {
    store.fails = () => true;
    return undefined;
  };
}

describe('a row that can’t be written', () => {
  test('before the act: nothing is done, the executor tidies up, and people read the true reason', async () => {
    store.failOnce('journal touching');
    const run = await (await begun()).done;
    expect(run).toMatchObject({ state: 'failed', outcome: { reason: 'store_unavailable' } });
    expect(said(run)).toBe(`${FULL} The partial file is removed.`);
    expect(plain(run.outcome?.next ?? [])).toBe('Free some space, then retry.');
    expect(home.world.recovered).toEqual(['photos:']);
    expect(await stored(run.id)).toMatchObject({ state: 'failed', owner: null });
    expect(await bot.deps.store.leases.list()).toEqual([]);
  });

  test('of its beginning: nothing is run', async () => {
    store.failOnce('journal part_started');
    const run = await (await begun()).done;
    expect(run).toMatchObject({ state: 'failed', outcome: { reason: 'store_unavailable' } });
    expect(said(run)).toBe(`${FULL} Nothing was run.`);
    expect([home.world.entered, home.world.recovered]).toEqual([[], []]);
  });

  test.each(['journal part_ended', 'remember', 'history', 'log', 'patch', 'transition succeeded', 'release'])(
    'about what is done already: the result counts (%s)',
    async (write) => {
      store.failOnce(write);
      const run = await (await begun()).done;
      expect(run).toMatchObject({ state: 'succeeded', outcome: { reason: 'done' } });
      expect(await stored(run.id)).toMatchObject({ state: 'succeeded' });
      const kinds = (await bot.deps.store.runs.journal(run.id)).map(({ kind }) => kind);
      expect(kinds).toEqual(['part_started', 'touching', 'part_ended']);
      expect(await bot.deps.store.leases.list()).toEqual([]);
    },
  );
});

describe('an executor that throws', () => {
  beforeEach(() => {
    home.world.during = async () => {
      throw new Error('bug in run');
    };
  });

  test('tidies up with the journal, and only then is it called a defect', async () => {
    const run = await (await begun()).done;
    expect(run).toMatchObject({ state: 'failed', outcome: { reason: 'internal_error' } });
    expect(said(run)).toMatch(/this is a defect\. The partial file is removed\.$/);
    expect(home.world.recovered).toEqual(['photos:touching']);
  });

  test('says what has to be put right by hand where it can’t tidy up', async () => {
    home.world.recoverBug = true;
    const run = await (await begun()).done;
    expect(run).toMatchObject({ state: 'failed', outcome: { reason: 'rollback_failed' } });
    expect(said(run)).toMatch(/Tidying up failed: look at what the plan’s steps name/);
  });

  test('can be rolled back where it offers that', async () => {
    home.world.rollBack = phrase`Put back what ran before.`;
    const { id, outcome } = await (await begun()).done;
    expect(plain(outcome?.rollBack ?? [])).toBe('Put back what ran before.');
    home.world.during = async () => undefined;
    const back = await (await begun('photos', { undoes: id })).done;
    expect(back.state).toBe('rolled_back');
    expect(home.world.rolledBack).toEqual(['photos:touching']);
  });
});

describe('rolling back', () => {
  let interrupted: Run;

  beforeEach(async () => {
    home.world.rollBack = phrase`Put back what ran before.`;
    store.failOnce('journal touching');
    interrupted = await (await begun()).done;
  });

  test.each(['journal part_ended', 'transition rolled_back'])(
    'counts whether it is written down or not (%s)',
    async (write) => {
      store.failOnce(write);
      const back = await (await begun('photos', { undoes: interrupted.id })).done;
      expect(back.state).toBe('rolled_back');
      expect((await stored(back.id)).state).toBe('rolled_back');
    },
  );

  test('that throws is told with its reason, and can be asked for again', async () => {
    home.world.duringRollBack = async () => {
      throw new Error('bug in rollBack');
    };
    const failed = await (await begun('photos', { undoes: interrupted.id })).done;
    expect(failed).toMatchObject({ state: 'failed', outcome: { reason: 'internal_error' } });
    expect(said(failed)).toMatch(/Rolling back was not finished\.$/);
    home.world.duringRollBack = async () => undefined;
    expect((await (await begun('photos', { undoes: failed.id })).done).state).toBe('rolled_back');
  });
});

describe('a store that fails from the middle of a run on', () => {
  test('keeps no one waiting for the outcome, and has it as soon as it can be written', async () => {
    fullWhileItRuns();
    const { run, done } = await begun();
    const ended = await done;
    expect(ended).toMatchObject({ state: 'succeeded', outcome: { reason: 'done' }, owner: null });
    expect(bot.events.at(-1)).toMatchObject({ type: 'finished', run: { id: run.id, state: 'succeeded' } });
    expect(await stored(run.id)).toMatchObject({ state: 'running', outcome: null });
    expect(await bot.deps.store.leases.list()).toHaveLength(1);
    const stop = await bot.pipeline.stop(run.id, alice);
    expect(stop).toMatchObject({ ok: false, notice: { code: 'not_active' } });
    expect(stop.ok ? '' : plain(stop.notice.message)).toContain('is not running: it is succeeded');
    const shown = (await bot.pipeline.status(alice)).flatMap(({ runs }) => runs);
    expect(shown.map(({ id, state }) => [id, state])).toEqual([[run.id, 'succeeded']]);
    const rows = [await stored(run.id), ...(await bot.deps.store.runs.list({ limit: 1 }))];
    for (const seen of await bot.pipeline.seen(rows)) {
      expect(seen).toMatchObject({ id: run.id, state: 'succeeded', finishedAt: ended.finishedAt });
      expect(seen.outcome?.warnings.map(({ message }) => plain(message))).toEqual([
        `This outcome is not stored yet. ${FULL}`,
      ]);
    }

    store.fails = () => false;
    await until(async () => (await stored(run.id)).state === 'succeeded', 'the outcome is stored');
    await until(() => bot.ownership.unstored.get(run.id) === null, 'it waits no longer');
    expect(await bot.pipeline.seen([await stored(run.id)])).toEqual([await stored(run.id)]);
    expect(await stored(run.id)).toMatchObject({
      outcome: ended.outcome,
      finishedAt: ended.finishedAt,
      owner: null,
    });
    expect(await bot.deps.store.leases.list()).toEqual([]);
    expect((await bot.deps.store.runs.journal(run.id)).at(-1)).toMatchObject({ kind: 'part_ended' });
    expect((await bot.deps.store.audit.list(1))[0]).toMatchObject({ event: 'finished', runId: run.id });
    expect(bot.events.filter(({ type }) => type === 'finished')).toHaveLength(1);
  });

  test('lets the next run begin once it is back, and not before', async () => {
    fullWhileItRuns();
    const first = await begun();
    await first.done;
    home.world.during = async () => undefined;
    store.fails = (write) => write === 'transition succeeded' || write.startsWith('journal');
    const second = await begun();
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect((await stored(second.run.id)).state).toBe('queued');
    store.fails = () => false;
    expect((await second.done).state).toBe('succeeded');
    expect(home.world.entered).toEqual(['photos', 'photos']);
  });

  test('says so once, and again when it is over', async () => {
    const lines: string[] = [];
    const say = (_: object, text: string): void => void lines.push(text);
    const unstored = new Unstored({ info: say, warn: say, error: say });
    let failures = 3;
    await unstored.store(await previewed(bot, 'photos'), async () => {
      if (failures-- > 0) throw new StoreError('the disk is full');
    });
    expect(lines).toEqual([
      'the outcome can’t be stored yet: it is kept and tried again',
      'the outcome is stored now',
    ]);
  });

  test('does not keep the process from ending, and the next one puts the run right', async () => {
    fullWhileItRuns();
    const { run, done } = await begun();
    await done;
    const began = Date.now();
    await bot.pipeline.shutdown(0);
    await bot.ownership.end();
    expect(Date.now() - began).toBeLessThan(5000);
    store.fails = () => false;

    const next = await home.start();
    next.hosts.dead.add(100);
    await next.ownership.recoverDead();
    expect(await next.deps.store.runs.get(run.id)).toMatchObject({ state: 'interrupted' });
    expect(home.world.recovered).toEqual(['photos:touching']);
    expect(await next.deps.store.leases.list()).toEqual([]);
    expect((await next.deps.store.owners.list()).map(({ id }) => id)).toEqual([next.ownership.id]);
  });

  test('and where all of its work was noted, the next one says that it was done', async () => {
    store.fails = (write) => write.startsWith('transition succeeded');
    const { run, done } = await begun();
    await done;
    await bot.pipeline.shutdown(0);
    await bot.ownership.end();
    store.fails = () => false;

    const next = await home.start();
    next.hosts.dead.add(100);
    await next.ownership.recoverDead();
    const ended = await stored(run.id);
    expect(ended.state).toBe('interrupted');
    expect(said(ended)).toBe('The bot was restarted while it ran. All that its plan said had been done.');
    expect(home.world.recovered).toEqual([]);
  });
});

describe('a store that gives no answer', () => {
  const SILENT = /does not answer: another process keeps it locked, or its disk hangs\./;

  test('keeps nobody from stopping what waits to be noted before it is done', async () => {
    const back = gate();
    store.hangs = {
      writes: (write) => /touching|audit|log|transition failed/.test(write),
      until: back.opened,
    };
    const { run, done } = await begun();
    await until(() => store.asked.includes('journal touching'), 'it waits for the journal');
    const began = Date.now();
    expect(await bot.pipeline.stop(run.id, alice)).toMatchObject({ ok: true });
    const ended = await done;
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(ended).toMatchObject({ state: 'failed', outcome: { reason: 'store_unavailable' } });
    expect(said(ended)).toMatch(SILENT);
    expect(home.world.left).toEqual([]);
    expect(home.world.recovered).toEqual(['photos:']);
    const [seen] = await bot.pipeline.seen([await stored(run.id)]);
    expect(seen?.outcome?.warnings.map(({ message }) => plain(message))).toEqual([
      'This outcome is not stored yet: the database does not answer.',
    ]);
    back.open();
    await until(async () => (await stored(run.id)).state === 'failed', 'the outcome is stored');
  });

  test('is told after its time, and at once when the work is done in it', async () => {
    const late = answeredInTime(new Promise(() => {}), { ms: 20 });
    await expect(late).rejects.toMatchObject({ name: 'StoreError', fault: 'unanswered' });
    const stop = new AbortController();
    const hurried = answeredInTime(new Promise(() => {}), { ms: 60_000, signal: stop.signal, msAfter: 20 });
    stop.abort();
    await expect(hurried).rejects.toMatchObject({ fault: 'unanswered' });
    expect(await answeredInTime(Promise.resolve(7), { ms: 60_000, signal: stop.signal })).toBe(7);
  });
});

describe('a stop that can’t be noted', () => {
  test('ends the run all the same, and no other process’s', async () => {
    home.world.during = (_, signal) =>
      new Promise((resolve) => {
        const stopped = { state: 'cancelled', reason: 'stopped' } as const;
        signal.addEventListener('abort', () => resolve(stopped), { once: true });
      });
    const { run, done } = await begun();
    await until(() => home.world.entered.length > 0 && store.asked.includes('journal touching'), 'it works');
    store.fails = (write) => write === 'audit';
    const frail = new FragileStore();
    const other = await home.start({ store: frail.wrap });
    frail.fails = (write) => write === 'audit';
    await expect(other.pipeline.stop(run.id, alice)).rejects.toThrow(StoreError);
    expect(await bot.pipeline.stop(run.id, alice)).toMatchObject({ ok: true });
    expect(await done).toMatchObject({ state: 'cancelled', outcome: { reason: 'stopped' } });
  });
});

describe('a process that starts while the store can’t be written', () => {
  test('says why nothing runs, and goes on by itself once it can', async () => {
    const frail = new FragileStore();
    frail.fails = () => true;
    const next = await home.start({ store: frail.wrap });
    expect(next.deps.faults.blocking()?.notice).toMatchObject({ code: 'store_unavailable' });
    expect(await next.pipeline.admit(request('photos'))).toMatchObject({
      ok: false,
      notice: { code: 'store_unavailable' },
    });
    frail.fails = () => false;
    await until(() => next.deps.faults.blocking() === null, 'the fault is over', 10_000);
    expect((await previewed(next, 'photos')).state).toBe('awaiting');
  });

  test('ends with the reason where it doesn’t stay', async () => {
    const frail = new FragileStore();
    frail.fails = () => true;
    await expect(home.start({ store: frail.wrap, stays: false })).rejects.toThrow(StoreError);
  });
});

describe('a run without a living owner', () => {
  /** A run in the middle of its work, of a process that plays dead from then on. */
  async function cutOff(): Promise<Run> {
    home.world.during = home.hang;
    const { run } = await begun();
    await until(async () => (await stored(run.id)).state === 'running', 'it runs');
    await until(() => home.world.entered.length > 0, 'it is at work');
    return run;
  }

  async function other(): Promise<Process> {
    const process = await home.start();
    process.hosts.dead.add(100);
    return process;
  }

  test('is recovered although no row is left of its owner', async () => {
    const { id } = await cutOff();
    await bot.deps.store.owners.remove(bot.ownership.id);
    const next = await other();
    await next.ownership.recoverDead();
    expect(await stored(id)).toMatchObject({ state: 'interrupted', owner: null });
    expect(home.world.recovered).toEqual(['photos:touching']);
    expect(await next.deps.store.leases.list()).toEqual([]);
  });

  test.each([
    ['an owner that nobody knows', 'o-27f0b0a2-4a1c-4f5e-9f83-0f5c3c3d8a11'],
    ['no owner', null],
  ])('is recovered with %s', async (_, owner) => {
    const { id } = await cutOff();
    await home.sql('UPDATE runs SET owner = ? WHERE id = ?', owner, id);
    const next = await other();
    await next.ownership.recoverDead();
    expect(await stored(id)).toMatchObject({ state: 'interrupted', outcome: { reason: 'process_died' } });
    expect(await next.deps.store.leases.list()).toEqual([]);
  });

  test('is left alone while its owner lives, though its row is gone', async () => {
    const { id } = await cutOff();
    await bot.deps.store.owners.remove(bot.ownership.id);
    const next = await home.start();
    await next.ownership.recoverDead();
    expect((await stored(id)).state).toBe('running');
    expect(home.world.recovered).toEqual([]);
  });

  test('is recovered where the one that recovered it died too', async () => {
    const { id } = await cutOff();
    const second = await other();
    await second.deps.store.runs.claim(id, bot.ownership.id, second.ownership.id);
    const third = await other();
    third.hosts.dead.add(101);
    await third.ownership.recoverDead();
    expect((await stored(id)).state).toBe('interrupted');
  });

  /** A process that comes after it, and whose store fails as the test says. */
  async function frailOther(fails: FragileStore['fails'], stays = true): Promise<[Process, FragileStore]> {
    const frail = new FragileStore();
    const next = await home.start({ store: frail.wrap, stays });
    next.hosts.dead.add(100);
    frail.fails = fails;
    return [next, frail];
  }

  test.each([
    ['its end', (write: string) => write === 'transition interrupted'],
    ['anything', () => true],
  ])('is tidied up once when %s can’t be stored, and its end is kept until it can', async (_, fails) => {
    const { id } = await cutOff();
    const [next, frail] = await frailOther(fails);
    await next.ownership.recoverDead();
    await next.ownership.recoverDead();
    expect(home.world.recovered).toEqual(['photos:touching']);
    expect(await stored(id)).toMatchObject({ state: 'running', outcome: null });
    const [seen] = await next.pipeline.seen([await stored(id)]);
    expect(seen).toMatchObject({ state: 'interrupted', outcome: { reason: 'process_died' } });
    expect(seen?.outcome?.warnings.map(({ message }) => plain(message))).toEqual([
      `This outcome is not stored yet. ${FULL}`,
    ]);
    frail.fails = () => false;
    await until(() => next.ownership.unstored.get(id) === null, 'it is stored');
    expect(await stored(id)).toMatchObject({ state: 'interrupted', owner: null });
    expect(await next.deps.store.leases.list()).toEqual([]);
    expect(next.events.filter(({ type }) => type === 'finished')).toHaveLength(1);
    await next.ownership.recoverDead();
    expect((await next.deps.store.owners.list()).map((owner) => owner.id)).toEqual([next.ownership.id]);
    expect(home.world.recovered).toHaveLength(1);
  });

  test('is left to a process that stays while nobody can claim it', async () => {
    await cutOff();
    const [command, frail] = await frailOther(() => true, false);
    await command.ownership.recoverDead();
    expect(home.world.recovered).toEqual([]);
    frail.fails = () => false;
    await command.ownership.recoverDead();
    expect(home.world.recovered).toEqual(['photos:touching']);
  });

  test('is left alone while the database is locked: who locks it may be recovering it', async () => {
    await cutOff();
    const [next, frail] = await frailOther(() => true);
    frail.fault = 'locked';
    await next.ownership.recoverDead();
    expect(home.world.recovered).toEqual([]);
  });

  test('of this very process, lost by an error, is found and put right', async () => {
    home.intents.push(intentNamed('music'));
    const opened = gate();
    home.world.during = async (intent) => {
      if (intent === 'photos') await opened.opened;
      return undefined;
    };
    const working = await begun();
    const { id } = await previewed(bot, 'music');
    await home.sql("UPDATE runs SET state = 'running', owner = ? WHERE id = ?", bot.ownership.id, id);
    await bot.ownership.recoverDead();
    home.now = new Date(home.now.getTime() + 9000);
    await bot.ownership.recoverDead();
    expect((await stored(id)).state).toBe('running');
    home.now = new Date(home.now.getTime() + 2000);
    await bot.ownership.recoverDead();
    expect(await stored(id)).toMatchObject({ state: 'interrupted' });
    expect(said(await stored(id))).toMatch(/^ChatOps stopped working on it while it ran/);
    // One that it works on is its own affair, however long that takes.
    expect((await stored(working.run.id)).state).toBe('running');
    opened.open();
    expect((await working.done).state).toBe('succeeded');
  });
});
