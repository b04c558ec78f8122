import { describe, expect, test } from '@jest/globals';
import { at } from '../samples.js';
import { freshStore, type OpenStore } from './under-test.js';

export function deliveryContract(open: OpenStore): void {
  describe('deliveries', () => {
    const fresh = freshStore(open);

    test('a key is claimed once, by whichever process is first', async () => {
      const other = await fresh.another();
      const claims = await Promise.all(
        [fresh.store, other, fresh.store, other].map(({ deliveries }) => deliveries.claim(['a'], at(0))),
      );
      expect(claims.filter(Boolean)).toHaveLength(1);
      expect(await (await fresh.another()).deliveries.claim(['a'], at(9))).toBe(false);
    });

    test('several are claimed together or not at all', async () => {
      const { deliveries } = fresh.store;
      expect(await deliveries.claim(['a', 'b', 'b'], at(0))).toBe(true);
      expect(await deliveries.claim(['c', 'b'], at(0))).toBe(false);
      expect(await deliveries.claim(['c'], at(0))).toBe(true);
    });
  });
}
