import { describe, expect, test } from '@jest/globals';
import { at, sampleAudit, samplePlan, sampleRun } from '../samples.js';
import { freshStore, type OpenStore } from './under-test.js';

const MEDIA = 'stack:media';
const PLEX = 'path:/srv/plex';

export function leaseContract(open: OpenStore): void {
  describe('leases', () => {
    const fresh = freshStore(open);

    const queued = (id: string, minute: number, touches: readonly string[]) =>
      fresh.store.runs.insert(
        sampleRun({ id, state: 'queued', queuedAt: at(minute), plan: samplePlan(touches) }),
        sampleAudit({ runId: id }),
      );
    const acquire = (id: string, ...keys: string[]) =>
      fresh.store.leases.acquire(id, `owner of ${id}`, keys, at(30));

    test('free keys are granted, and listed with who holds them since when', async () => {
      expect(await acquire('r-1', MEDIA, PLEX)).toEqual([]);
      const held = (await (await fresh.another()).leases.list()).map((lease) => ({ ...lease }));
      expect(held).toHaveLength(2);
      expect(held).toContainEqual({ key: PLEX, runId: 'r-1', owner: 'owner of r-1', since: at(30) });
      expect(held).toContainEqual({ key: MEDIA, runId: 'r-1', owner: 'owner of r-1', since: at(30) });
    });

    test('all keys or none: one that is taken leaves the others free', async () => {
      await acquire('r-1', MEDIA);
      expect(await acquire('r-2', PLEX, MEDIA)).toEqual(['r-1']);
      expect(await fresh.store.leases.list()).toHaveLength(1);
      expect(await acquire('r-3', PLEX)).toEqual([]);
    });

    test.each([
      ['path:/srv', 'path:/srv/plex', true],
      ['path:/srv/plex/db', 'path:/srv/plex', true],
      ['path:/', 'path:/srv', true],
      ['path:/srv/plex2', 'path:/srv/plex', false],
      ['stack:plex', 'path:/srv/plex', false],
      ['stack:media', 'stack:media2', false],
    ])('%s and %s stand in each other’s way: %s', async (first, second, conflict) => {
      await acquire('r-1', first);
      expect(await acquire('r-2', second)).toEqual(conflict ? ['r-1'] : []);
    });

    test('the same run may ask again, also for more and from another owner', async () => {
      await acquire('r-1', MEDIA);
      expect(await acquire('r-1', MEDIA)).toEqual([]);
      expect(await fresh.store.leases.acquire('r-1', 'o-2', [MEDIA, PLEX, PLEX], at(40))).toEqual([]);
      const held = await fresh.store.leases.list();
      expect(held.map(({ key, owner, since }) => [key, owner, since])).toEqual([
        [MEDIA, 'o-2', at(30)],
        [PLEX, 'o-2', at(40)],
      ]);
    });

    test('a run is not in its own way', async () => {
      await acquire('r-1', 'path:/srv');
      expect(await acquire('r-1', PLEX)).toEqual([]);
      expect(await fresh.store.leases.list()).toHaveLength(2);
    });

    test('released leases are free, those of other runs are not', async () => {
      await acquire('r-1', MEDIA);
      await acquire('r-2', PLEX);
      await fresh.store.leases.release('r-1');
      await fresh.store.leases.release('r-none');
      expect(await acquire('r-3', MEDIA)).toEqual([]);
      expect(await acquire('r-4', PLEX)).toEqual(['r-2']);
    });

    test('the run that was queued first goes first, whoever asks first', async () => {
      await queued('r-late', 2, [MEDIA]);
      await queued('r-early', 1, [MEDIA]);
      expect(await acquire('r-late', MEDIA)).toEqual(['r-early']);
      expect(await fresh.store.leases.list()).toEqual([]);
      expect(await acquire('r-early', MEDIA)).toEqual([]);
    });

    test('of two that were queued at the same instant, the one recorded first goes first', async () => {
      await queued('r-b', 1, [MEDIA]);
      await queued('r-a', 1, [MEDIA]);
      expect(await acquire('r-a', MEDIA)).toEqual(['r-b']);
      expect(await acquire('r-b', MEDIA)).toEqual([]);
    });

    test('who waits for a part of it is not overtaken while another run holds it', async () => {
      await acquire('r-0', PLEX);
      await queued('r-1', 1, [PLEX, MEDIA]);
      await queued('r-2', 2, [MEDIA]);
      await queued('r-3', 3, ['path:/elsewhere']);
      expect(await acquire('r-1', PLEX, MEDIA)).toEqual(['r-0']);
      expect(await acquire('r-2', MEDIA)).toEqual(['r-1']);
      expect(await acquire('r-3', 'path:/elsewhere')).toEqual([]);
    });

    test('a run in the way as holder and as older queued run is named once', async () => {
      await queued('r-1', 1, [MEDIA, PLEX]);
      await acquire('r-1', MEDIA, PLEX);
      expect(await acquire('r-2', MEDIA, PLEX)).toEqual(['r-1']);
    });

    test('a run that no longer waits is in nobody’s way', async () => {
      await queued('r-1', 1, [MEDIA]);
      await queued('r-2', 2, [MEDIA]);
      await fresh.store.runs.transition('r-1', 'queued', 'cancelled', {}, sampleAudit());
      expect(await acquire('r-2', MEDIA)).toEqual([]);
    });

    test('a run holds what it has while an older one comes to wait for it', async () => {
      await queued('r-2', 2, [MEDIA]);
      await acquire('r-2', MEDIA);
      await queued('r-1', 1, [MEDIA]);
      expect(await acquire('r-2', MEDIA)).toEqual([]);
      expect(await acquire('r-1', MEDIA)).toEqual(['r-2']);
    });

    test('of many runs that ask at once through two openings, one is granted', async () => {
      const stores = [fresh.store, await fresh.another()];
      const asked = Array.from({ length: 20 }, (_, index) =>
        stores[index % 2]?.leases.acquire(`r-${index}`, 'o', [PLEX, MEDIA], at(1)),
      );
      const granted = (await Promise.all(asked)).filter((inTheWay) => inTheWay?.length === 0);
      expect(granted).toHaveLength(1);
      expect(await fresh.store.leases.list()).toHaveLength(2);
    });
  });
}
