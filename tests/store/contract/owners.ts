import { describe, expect, test } from '@jest/globals';
import { at } from '../samples.js';
import { freshStore, type OpenStore } from './under-test.js';

const first = { id: 'o-1', machine: 'boot/4026531836', pid: 4711, startTime: '123456', heartbeatAt: at(0) };
const second = { ...first, id: 'o-2', pid: 4712 };

export function ownerContract(open: OpenStore): void {
  describe('owners', () => {
    const fresh = freshStore(open);

    test('an owner is recorded, refreshed and removed', async () => {
      const { owners } = fresh.store;
      await owners.beat(first);
      await owners.beat(second);
      await owners.beat({ ...first, heartbeatAt: at(5) });
      expect(await (await fresh.another()).owners.list()).toEqual([{ ...first, heartbeatAt: at(5) }, second]);
      await owners.remove('o-1');
      await owners.remove('o-none');
      expect(await owners.list()).toEqual([second]);
    });
  });
}
