import { closeSync, openSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { StoreError } from '../../src/core/ports/store.js';
import { migrate } from '../../src/store/migrate.js';
import { type Database, openDatabase } from '../../src/store/sqlite-database.js';
import { dataFolder } from './data-folder.js';

const FIRST = 'CREATE TABLE a (x); INSERT INTO a VALUES (1);';
const SECOND = 'ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1;';

describe('migrate', () => {
  const folder = dataFolder();

  async function withDatabase(work: (database: Database, file: string) => Promise<void>): Promise<void> {
    const file = folder.file('migrated.db');
    closeSync(openSync(file, 'a'));
    const database = await openDatabase(file, 1000);
    try {
      await work(database, file);
    } finally {
      await database.close();
    }
  }
  const rows = (database: Database) => database.read((sql) => sql.all('SELECT * FROM a'));

  test('runs what a file has not had yet, once, and tells what it found', async () => {
    await withDatabase(async (database, file) => {
      const upgrade = (...scripts: string[]) => database.write((sql) => migrate(sql, file, scripts));
      expect(await upgrade(FIRST)).toBe(0);
      expect(await upgrade(FIRST)).toBe(1);
      expect(await rows(database)).toEqual([{ x: 1 }]);
      expect(await upgrade(FIRST, SECOND)).toBe(1);
      expect(await upgrade(FIRST, SECOND)).toBe(2);
      expect(await rows(database)).toEqual([{ x: 1, y: 2 }]);
      await expect(upgrade(FIRST)).rejects.toThrow(StoreError);
    });
  });

  test('that fails in the middle leaves the format it found', async () => {
    await withDatabase(async (database, file) => {
      await database.write((sql) => migrate(sql, file, [FIRST]));
      const broken = database.write((sql) => migrate(sql, file, [FIRST, SECOND, 'DROP TABLE none']));
      await expect(broken).rejects.toThrow(StoreError);
      expect(await rows(database)).toEqual([{ x: 1 }]);
      expect(await database.write((sql) => migrate(sql, file, [FIRST, SECOND]))).toBe(1);
    });
  });
});
