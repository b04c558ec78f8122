import { describe, expect, test } from '@jest/globals';
import type { Sql } from '../../src/store/sql.js';
import { openDatabase } from '../../src/store/sqlite-database.js';
import { countTurns } from '../support/turns.js';
import { dataFolder } from './data-folder.js';

const AT_ONCE = 200;
/** So many share a transaction at most. */
const TOGETHER = 32;

describe('many writes at once', () => {
  const folder = dataFolder();

  const open = async () => {
    const store = await folder.open();
    await store.close();
    return openDatabase(folder.file('chatops.db'), 1000);
  };

  test('let the event loop turn between transactions, and take effect in their order', async () => {
    const database = await open();
    const order: number[] = [];
    const turns = countTurns();
    const writes = Array.from({ length: AT_ONCE }, (_, index) => database.write(() => order.push(index)));
    await Promise.all(writes);
    expect(turns()).toBeGreaterThanOrEqual(Math.ceil(AT_ONCE / TOGETHER) - 1);
    expect(order).toEqual(order.map((_, index) => index));
    await database.close();
  });

  test('one that throws is undone alone; each caller hears of its own', async () => {
    const database = await open();
    await database.write((sql) => sql.script('CREATE TABLE numbers (n INTEGER PRIMARY KEY)'));
    const add = (n: number) => (sql: Sql) => sql.run('INSERT INTO numbers VALUES (?)', n);
    const ends = await Promise.allSettled([
      database.write(add(1)),
      database.write((sql) => {
        add(2)(sql);
        throw new Error('changed its mind');
      }),
      database.write(add(1)),
      database.write(add(3)),
    ]);
    expect(ends.map((end) => (end.status === 'fulfilled' ? end.value : String(end.reason)))).toEqual([
      1,
      'Error: changed its mind',
      expect.stringMatching(/^StoreRefusal: .*UNIQUE.*Nothing was changed/),
      1,
    ]);
    const rows = await database.read((sql) => sql.all<{ n: number }>('SELECT n FROM numbers ORDER BY n'));
    expect(rows.map(({ n }) => n)).toEqual([1, 3]);
    await database.close();
  });

  test('one that asked to be alone sees only what is committed', async () => {
    const database = await open();
    const other = await openDatabase(folder.file('chatops.db'), 1000);
    await database.write((sql) => sql.script('CREATE TABLE numbers (n INTEGER PRIMARY KEY)'));
    const seen: (readonly [number | undefined, number | undefined])[] = [];
    const count = (sql: Sql) => sql.get<{ count: number }>('SELECT count(*) AS count FROM numbers')?.count;
    const works: Promise<unknown>[] = [];
    for (let n = 0; n < 50; n += 1) {
      works.push(database.write((sql) => sql.run('INSERT INTO numbers VALUES (?)', n)));
      if (n % 10 !== 5) continue;
      works.push(
        database.writeAlone(async (sql) => {
          const own = count(sql);
          // Reading runs at once; the other connection knows only what is on the disk.
          void other.read((reader) => seen.push([own, count(reader)]));
        }),
      );
    }
    await Promise.all(works);
    expect(seen).toHaveLength(5);
    expect(seen.filter(([own, committed]) => own !== committed)).toEqual([]);
    expect(seen.at(-1)).toEqual([46, 46]);
    await other.close();
    await database.close();
  });
});
