import { beforeEach, describe, expect, test } from '@jest/globals';
import { phrase } from '../../../src/core/model/phrase.js';
import { notice } from '../../../src/core/model/reasons.js';
import type { Claim } from '../../../src/core/ports/schedule-store.js';
import { DueTakenError, type Store } from '../../../src/core/ports/store.js';
import { alice, sampleAudit, sampleRun } from '../samples.js';
import { freshStore, type OpenStore } from './under-test.js';

const claim = (more: Partial<Claim> = {}): Claim => ({
  schedule: 'nightly',
  from: '2026-11-22T00:00:00.000Z',
  to: '2026-11-22T03:00:00.000Z',
  begin: [{ due: '2026-11-22T03:00:00.000Z', queue: false }],
  skipped: [],
  missed: null,
  alert: null,
  ...more,
});
const audited = (event: string) => sampleAudit({ event });

export function scheduleContract(open: OpenStore): void {
  describe('schedules', () => {
    const fresh = freshStore(open);
    let store: Store;
    beforeEach(async () => {
      ({ store } = fresh);
      await store.schedules.adopt('nightly', 'cron', claim().from);
    });
    const state = async () => (await store.schedules.states())[0];

    test('a time is taken once, also by two at the same moment', async () => {
      const taken = await Promise.all(['o-1', 'o-2'].map((owner) => store.schedules.claim([claim()], owner)));
      expect(taken.flat()).toEqual(['nightly']);
      expect(await store.schedules.open()).toHaveLength(1);
      expect((await state())?.cursor).toBe(claim().to);
    });

    test('its run is recorded together with it; a second one is not recorded at all', async () => {
      await store.schedules.claim([claim()], 'o-1');
      const [due] = await store.schedules.open();
      const tie = { name: 'nightly', due: due?.id ?? 0 };
      await store.runs.insert(sampleRun({ id: 'r-aaaa' }), audited('planned'), tie);
      const second = store.runs.insert(sampleRun({ id: 'r-bbbb' }), audited('planned'), tie);
      await expect(second).rejects.toThrow(DueTakenError);
      expect(await store.runs.get('r-bbbb')).toBeNull();
      expect((await store.schedules.open())[0]?.run?.id).toBe('r-aaaa');
      await store.schedules.again(due?.id ?? 0, 'r-aaaa', true);
      expect((await store.schedules.open())[0]).toMatchObject({ run: null, attempts: 1 });
    });

    test('what is settled stays so, and is the newest', async () => {
      await store.schedules.claim([claim()], 'o-1');
      const [due] = await store.schedules.open();
      await store.schedules.settle(due?.id ?? 0, notice('schedule_busy', phrase`Busy.`), null);
      expect(await store.schedules.open()).toEqual([]);
      expect((await store.schedules.newest())[0]?.notice?.code).toBe('schedule_busy');
    });

    test('paused: nothing is taken; resumed: only later times', async () => {
      const paused = { by: alice, at: '2026-11-22T01:00:00.000Z' };
      expect(await store.schedules.pause('nightly', paused, audited('schedule_paused'))).toBe(true);
      expect(await store.schedules.pause('nightly', paused, audited('schedule_paused'))).toBe(false);
      expect(await store.schedules.claim([claim()], 'o-1')).toEqual([]);
      expect((await state())?.paused).toEqual(paused);
      const now = '2026-11-22T04:00:00.000Z';
      expect(await store.schedules.resume('nightly', now, audited('schedule_resumed'))).toBe(true);
      expect(await state()).toMatchObject({ paused: null, cursor: now });
    });

    test('what an owner that is gone left is taken over, what a living one has is not', async () => {
      const owner = { machine: 'm', pid: 1, startTime: '1', heartbeatAt: '2026-11-22T00:00:00.000Z' };
      await store.owners.beat({ ...owner, id: 'o-alive' });
      await store.schedules.claim([claim()], 'o-alive');
      await store.schedules.takeOver('o-2');
      expect((await store.schedules.open())[0]).toMatchObject({ owner: 'o-alive', orphan: false });
      await store.owners.remove('o-alive');
      expect((await store.schedules.open())[0]?.orphan).toBe(true);
      await store.schedules.takeOver('o-2');
      expect((await store.schedules.open())[0]?.owner).toBe('o-2');
    });

    test('counts what was missed and skipped; other times start anew', async () => {
      const busy = notice('schedule_busy', phrase`Busy.`);
      const skipped = [{ due: '2026-11-22T02:00:00.000Z', notice: busy }];
      await store.schedules.claim([claim({ skipped, missed: { count: 4, at: claim().to } })], 'o-1');
      expect(await state()).toMatchObject({ missed: 4, missedAt: claim().to, skipped: 1 });
      await store.schedules.adopt('nightly', 'cron', '2030-01-01T00:00:00.000Z');
      expect((await state())?.cursor).toBe(claim().to);
      await store.schedules.adopt('nightly', 'other', '2030-01-01T00:00:00.000Z');
      expect((await state())?.cursor).toBe('2030-01-01T00:00:00.000Z');
      await store.schedules.retire(['nightly'], busy);
      expect(await store.schedules.open()).toEqual([]);
    });
  });
}
