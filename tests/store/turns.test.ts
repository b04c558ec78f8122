import { describe, expect, test } from '@jest/globals';
import { auditTrail } from '../../src/store/audit.js';
import { type HeadFile, headFile } from '../../src/store/audit-head.js';
import { headOf } from '../../src/store/audit-rows.js';
import { openDatabase } from '../../src/store/sqlite-database.js';
import { countTurns } from '../support/turns.js';
import { dataFolder } from './data-folder.js';
import { sampleAudit } from './samples.js';

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

  test('share one write of audit.head, which holds the last of them', async () => {
    const store = await folder.open();
    await store.close();
    const database = await openDatabase(folder.file('chatops.db'), 1000);
    const file = headFile(folder.file('audit.head'), folder.file('chatops.db'));
    let written = 0;
    const counted: HeadFile = {
      ...file,
      write: (head) => {
        written += 1;
        file.write(head);
      },
    };
    const trail = auditTrail(database, counted, () => {});
    const append = async (): Promise<void> => {
      await database.write((sql) => trail.chain(sql, sampleAudit()));
      await trail.seal();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, append));
    expect(folder.head()).toEqual(await database.read(headOf));
    expect(folder.head()).toMatchObject({ count: AT_ONCE });
    expect(written).toBeLessThan(AT_ONCE / 2);
    // The next one is not taken for covered by those.
    await append();
    expect(folder.head()).toMatchObject({ count: AT_ONCE + 1 });
    await database.close();
  });
});
