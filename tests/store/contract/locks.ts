import { describe, expect, test } from '@jest/globals';
import type { Lock } from '../../../src/core/model/lock.js';
import { alice, at, bob, sampleAudit } from '../samples.js';
import { freshStore, type OpenStore } from './under-test.js';

const lock = (change: Partial<Lock> = {}): Lock => ({
  stack: 'media',
  holder: alice,
  reason: 'moving "disks" ü',
  since: at(0),
  until: at(30),
  ...change,
});
const audit = sampleAudit({ event: 'locked', runId: null });

export function lockContract(open: OpenStore): void {
  describe('locks', () => {
    const fresh = freshStore(open);

    test('a lock is seen everywhere until its end, and not a moment longer', async () => {
      const endless = lock({ stack: 'audio', until: null });
      expect(await fresh.store.locks.take(lock(), at(0), audit)).toBe(true);
      expect(await fresh.store.locks.take(endless, at(0), audit)).toBe(true);
      const { locks } = await fresh.another();
      expect(await locks.list(at(0))).toEqual([endless, lock()]);
      expect(await locks.list(at(29))).toEqual([endless, lock()]);
      expect(await locks.list(at(30))).toEqual([endless]);
    });

    test('one holder at a time: another is refused while it is in force, the holder may change it', async () => {
      const { locks } = fresh.store;
      await locks.take(lock(), at(0), audit);
      expect(await locks.take(lock({ holder: bob, since: at(29) }), at(29), audit)).toBe(false);
      expect(await locks.list(at(29))).toEqual([lock()]);
      expect(await locks.take(lock({ since: at(29), until: null }), at(29), audit)).toBe(true);
      expect(await locks.take(lock({ holder: bob }), at(90), audit)).toBe(false);
      expect(await locks.lift(lock({ since: at(29) }), audit)).toBe(true);
      expect(await locks.take(lock({ until: at(95) }), at(91), audit)).toBe(true);
      const next = lock({ holder: bob, since: at(95), until: null });
      expect(await locks.take(next, at(95), audit)).toBe(true);
      expect(await locks.list(at(95))).toEqual([next]);
    });

    test('of many who take or lift it at once, through two openings, one does', async () => {
      const stores = [fresh.store, await fresh.another()];
      const each = (act: (store: (typeof stores)[number], index: number) => Promise<boolean>) =>
        Promise.all(Array.from({ length: 12 }, (_, index) => act(stores[index % 2] ?? fresh.store, index)));
      const holder = (index: number) => ({ ...alice, id: String(index) });
      const taken = await each((store, index) =>
        store.locks.take(lock({ holder: holder(index) }), at(0), audit),
      );
      expect(taken.filter(Boolean)).toHaveLength(1);
      const [held = lock()] = await fresh.store.locks.list(at(1));
      const lifted = await each((store) => store.locks.lift(held, audit));
      expect(lifted.filter(Boolean)).toHaveLength(1);
      expect(await fresh.store.audit.list(99)).toHaveLength(2);
    });

    test('only the lock that was seen is lifted', async () => {
      const { locks } = fresh.store;
      await locks.take(lock(), at(0), audit);
      expect(await locks.lift(lock({ since: at(1) }), audit)).toBe(false);
      expect(await locks.lift(lock({ holder: bob }), audit)).toBe(false);
      expect(await locks.list(at(1))).toEqual([lock()]);
    });
  });
}
