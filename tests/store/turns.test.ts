import { describe, expect, test } from '@jest/globals';
import { openDatabase } from '../../src/store/sqlite-database.js';
import { countTurns } from '../support/turns.js';
import { dataFolder } from './data-folder.js';

const AT_ONCE = 40;

describe('many writes at once', () => {
  const folder = dataFolder();

  test('let the event loop turn between them, and take effect in their order', async () => {
    const store = await folder.open();
    await store.close();
    const database = await openDatabase(folder.file('chatops.db'), 1000);
    const order: number[] = [];
    const turns = countTurns();
    const writes = Array.from({ length: AT_ONCE }, (_, index) => database.write(() => order.push(index)));
    await Promise.all(writes);
    expect(turns()).toBeGreaterThanOrEqual(AT_ONCE - 1);
    expect(order).toEqual(order.map((_, index) => index));
    await database.close();
  });
});
