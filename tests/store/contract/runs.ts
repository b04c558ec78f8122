import { describe, expect, test } from '@jest/globals';
import type { Outcome, Run, RunPatch } from '../../../src/core/model/run.js';
import { RUN_STATES } from '../../../src/core/model/run.js';
import { StoreError } from '../../../src/core/ports/store.js';
import { alice, at, bob, sampleAudit, samplePlan, sampleRun } from '../samples.js';
import { freshStore, type OpenStore } from './under-test.js';

const outcome: Outcome = {
  state: 'failed',
  reason: 'destination_full',
  summary: [['The destination is full: ', { code: '/srv/a`b\u0000' }, '.']],
  next: ['Free some space.'],
  warnings: [{ code: 'live_data', message: ['plex runs.'], remedy: ['Stop it.'] }],
  tail: ['tar: no space left \u001b[31m'],
  successor: 'r-0002',
};

const full: RunPatch = {
  expiresAt: null,
  decidedBy: bob,
  queuedAt: at(1),
  startedAt: at(2),
  finishedAt: at(3),
  owner: 'o-1',
  outcome,
  progress: { part: 0, step: 1, done: 2 ** 40, total: 2 ** 41, unit: 'bytes', current: 'a\nb' },
  shown: { surface: 'discord', channel: '7', parts: [1, { x: null }] },
  reported: true,
  stopRequestedBy: bob,
};

export function runContract(open: OpenStore): void {
  describe('runs', () => {
    const fresh = freshStore(open);

    test('a run comes back as it was recorded, in every state, also elsewhere', async () => {
      const runs = RUN_STATES.map((state, index) => sampleRun({ id: `r-${index}`, state }));
      const ended = sampleRun({ id: 'r-full', ...full, state: 'failed', dryRun: true, previous: 'r-0' });
      for (const run of [...runs, ended])
        expect(await fresh.store.runs.insert(run, sampleAudit())).toBe(true);
      const other = await fresh.another();
      for (const run of [...runs, ended]) {
        expect(await fresh.store.runs.get(run.id)).toEqual(run);
        expect(await other.runs.get(run.id)).toEqual(run);
      }
      expect(await fresh.store.runs.get('r-none')).toBeNull();
    });

    test('a plan of 10 MB comes back whole', async () => {
      const paths = Array.from({ length: 100_000 }, (_, index) => `/srv/${'x'.repeat(90)}/${index}`);
      const [part] = samplePlan().parts;
      if (!part) throw new Error('The sample plan has a part.');
      const effects = [{ kind: 'delete', target: '/srv', paths }] as const;
      const run = sampleRun({ plan: { ...samplePlan(), parts: [{ ...part, effects }] } });
      await fresh.store.runs.insert(run, sampleAudit());
      expect(await fresh.store.runs.get(run.id)).toEqual(run);
    });

    test('an id is given once: the second run with it is not recorded, nor is its audit row', async () => {
      await fresh.store.runs.insert(sampleRun(), sampleAudit());
      const second = sampleRun({ intent: 'other' });
      expect(await fresh.store.runs.insert(second, sampleAudit({ event: 'second' }))).toBe(false);
      expect((await fresh.store.runs.get('r-0001'))?.intent).toBe('plex-files');
      expect(await fresh.store.audit.list(9)).toHaveLength(1);
    });

    test('the rights that came with an actor are not kept', async () => {
      const actor = { ...alice, administrator: true, roleIds: ['1'] };
      await fresh.store.runs.insert(sampleRun({ actor, decidedBy: actor }), sampleAudit({ actor }));
      const run = await fresh.store.runs.get('r-0001');
      expect([run?.actor, run?.decidedBy]).toEqual([alice, alice]);
      expect((await fresh.store.audit.list(1))[0]?.actor).toEqual(alice);
    });

    test('a transition changes state, patch and audit trail together', async () => {
      const run = sampleRun();
      await fresh.store.runs.insert(run, sampleAudit());
      const audit = sampleAudit({ event: 'finished', actor: bob });
      expect(await fresh.store.runs.transition(run.id, 'awaiting', 'failed', full, audit)).toBe(true);
      expect(await fresh.store.runs.get(run.id)).toEqual({ ...run, ...full, state: 'failed' });
      expect((await fresh.store.audit.list(9)).map(({ event }) => event)).toEqual(['finished', 'planned']);
    });

    test('a transition leaves what its patch does not name', async () => {
      const run: Run = sampleRun({ ...full, state: 'running' });
      await fresh.store.runs.insert(run, sampleAudit());
      await fresh.store.runs.transition(run.id, 'running', 'succeeded', { owner: null }, sampleAudit());
      expect(await fresh.store.runs.get(run.id)).toEqual({ ...run, owner: null, state: 'succeeded' });
    });

    test('a transition from another state, or of no run, writes nothing', async () => {
      const run = sampleRun({ state: 'queued' });
      await fresh.store.runs.insert(run, sampleAudit());
      const { runs, audit } = fresh.store;
      expect(await runs.transition(run.id, 'awaiting', 'cancelled', full, sampleAudit())).toBe(false);
      expect(await runs.transition('r-none', 'awaiting', 'cancelled', full, sampleAudit())).toBe(false);
      expect(await runs.get(run.id)).toEqual(run);
      expect(await audit.list(9)).toHaveLength(1);
    });

    test('of many transitions at once, through two openings, exactly one wins', async () => {
      await fresh.store.runs.insert(sampleRun(), sampleAudit());
      const stores = [fresh.store, await fresh.another()];
      const tries = Array.from({ length: 20 }, (_, index) =>
        stores[index % 2]?.runs.transition('r-0001', 'awaiting', 'queued', {}, sampleAudit({ event: 'won' })),
      );
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
      expect((await fresh.store.audit.list(99)).map(({ event }) => event)).toEqual(['won', 'planned']);
    });

    test('a patch changes only what it names, and no state', async () => {
      const run = sampleRun({ state: 'running', owner: 'o-1' });
      await fresh.store.runs.insert(run, sampleAudit());
      await fresh.store.runs.patch(run.id, { reported: true });
      await fresh.store.runs.patch(run.id, { progress: { part: 0, step: 2 }, stopRequestedBy: bob });
      await fresh.store.runs.patch(run.id, {});
      const progress = { part: 0, step: 2 };
      expect(await fresh.store.runs.get(run.id)).toEqual({
        ...run,
        reported: true,
        progress,
        stopRequestedBy: bob,
      });
    });

    test('patches take effect in the order in which they were made', async () => {
      await fresh.store.runs.insert(sampleRun(), sampleAudit());
      const steps = Array.from({ length: 30 }, (_, step) => step);
      await Promise.all(
        steps.map((step) => fresh.store.runs.patch('r-0001', { progress: { part: 0, step } })),
      );
      expect((await fresh.store.runs.get('r-0001'))?.progress?.step).toBe(29);
    });

    test('a patch of no run is an error that names it', async () => {
      const patch = fresh.store.runs.patch('r-none', { reported: true });
      await expect(patch).rejects.toThrow(StoreError);
      await expect(patch).rejects.toThrow('r-none');
    });

    test('a dead owner’s run is handed over once, with its leases', async () => {
      await fresh.store.runs.insert(sampleRun({ state: 'running', owner: 'dead' }), sampleAudit());
      await fresh.store.leases.acquire('r-0001', 'dead', ['stack:media'], at(1));
      const other = await fresh.another();
      const claims = [
        fresh.store.runs.claim('r-0001', 'dead', 'o-1'),
        other.runs.claim('r-0001', 'dead', 'o-2'),
      ];
      const won = await Promise.all(claims);
      expect([...won].sort()).toEqual([false, true]);
      const winner = won[0] ? 'o-1' : 'o-2';
      expect((await fresh.store.runs.get('r-0001'))?.owner).toBe(winner);
      expect((await fresh.store.leases.list()).map(({ owner }) => owner)).toEqual([winner]);
    });

    test('a run that has ended is not handed over', async () => {
      await fresh.store.runs.insert(sampleRun({ state: 'failed', owner: 'dead' }), sampleAudit());
      expect(await fresh.store.runs.claim('r-0001', 'dead', 'o-1')).toBe(false);
      expect((await fresh.store.runs.get('r-0001'))?.owner).toBe('dead');
    });
  });
}
