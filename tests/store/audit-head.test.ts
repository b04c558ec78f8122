import {
  chownSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Libsql from 'libsql';
import { auditStore, auditTrail } from '../../src/store/audit.js';
import { nextRow } from '../../src/store/audit-chain.js';
import { type HeadFile, headFile } from '../../src/store/audit-head.js';
import { addRow, headOf } from '../../src/store/audit-rows.js';
import { openDatabase } from '../../src/store/sqlite-database.js';
import { until } from '../core/harness.js';
import { dataFolder } from './data-folder.js';
import { sampleAudit, sampleRun } from './samples.js';

describe('audit.head', () => {
  const folder = dataFolder();
  const head = () => folder.file('audit.head');

  test('is there from the start, for its owner only, and follows every row', async () => {
    const store = await folder.open();
    expect(folder.head()).toEqual({ count: 0, hash: '0'.repeat(64) });
    const follows = async (count: number): Promise<void> => {
      const [last] = await store.audit.list(1);
      await folder.sealed(count);
      expect(folder.head()).toEqual({ count, hash: last?.hash });
    };
    await store.runs.insert(sampleRun(), sampleAudit());
    await follows(1);
    await store.runs.transition('r-0001', 'awaiting', 'cancelled', {}, sampleAudit());
    await follows(2);
    await store.audit.append(sampleAudit());
    await follows(3);
    expect(statSync(head()).mode & 0o777).toBe(0o600);
  });

  test('that is behind because a process died after its commit is whole, and is sealed at the next row', async () => {
    const store = await folder.open();
    await store.audit.append(sampleAudit());
    await folder.sealed(1);
    copyFileSync(head(), folder.file('before'));
    for (let row = 0; row < 3; row += 1) await store.audit.append(sampleAudit());
    await folder.sealed(4);
    copyFileSync(folder.file('before'), head());
    expect(await store.audit.verify()).toEqual({ rows: 4, problems: [] });
    await store.audit.append(sampleAudit());
    await folder.sealed(5);
    expect(await store.audit.verify()).toEqual({ rows: 5, problems: [] });
  });

  test('that is behind is sealed when the store is opened', async () => {
    const store = await folder.open();
    const before = readFileSync(head());
    await store.close();
    const database = await openDatabase(folder.file('chatops.db'), 1000);
    await database.write((sql) => {
      for (let row = 0; row < 2500; row += 1) addRow(sql, nextRow(headOf(sql), sampleAudit()));
    });
    await database.close();
    expect(readFileSync(head()).equals(before)).toBe(true);
    await folder.open();
    expect(folder.head()).toMatchObject({ count: 2500 });
  });

  test('is not moved over a row that does not chain', async () => {
    const store = await folder.open();
    await store.audit.append(sampleAudit());
    await folder.sealed(1);
    const before = readFileSync(head());
    for (let row = 0; row < 3; row += 1) await store.audit.append(sampleAudit());
    await store.close();
    writeFileSync(head(), before);
    const database = await openDatabase(folder.file('chatops.db'), 1000);
    await database.write((sql) => sql.run(`UPDATE audit SET entry = '{}' WHERE seq = 3`));
    await database.close();
    let again = await folder.open();
    await again.audit.append(sampleAudit());
    await again.close();
    expect(folder.head()).toMatchObject({ count: 1 });
    again = await folder.open();
    expect((await again.audit.verify()).problems.map(({ seq }) => seq)).toEqual([3]);
  });

  test('is written while no other process can write', async () => {
    await (await folder.open()).close();
    const path = folder.file('chatops.db');
    const database = await openDatabase(path, 1000);
    const other = new Libsql(path);
    const real = headFile(head(), path);
    let refused = '';
    const watched: HeadFile = {
      ...real,
      write(sealed) {
        try {
          other.exec('BEGIN IMMEDIATE');
          other.exec('ROLLBACK');
        } catch (error) {
          refused = String(error);
        }
        return real.write(sealed);
      },
    };
    const trail = auditTrail(database, watched, () => {});
    await auditStore(database, trail, watched, dirname(path)).append(sampleAudit());
    expect(refused).toContain('database is locked');
    expect(folder.head()).toMatchObject({ count: 1 });
    other.close();
    await database.close();
  });

  test('is written once for rows that come quickly, and when the trail ends', async () => {
    await (await folder.open()).close();
    const path = folder.file('chatops.db');
    const database = await openDatabase(path, 1000);
    const real = headFile(head(), path);
    let written = 0;
    const watched: HeadFile = {
      ...real,
      write(sealed) {
        written += 1;
        return real.write(sealed);
      },
    };
    const trail = auditTrail(database, watched, () => {});
    const store = auditStore(database, trail, watched, dirname(path));
    await store.append(sampleAudit());
    expect(folder.head()).toMatchObject({ count: 1 });
    for (let row = 0; row < 50; row += 1) await store.append(sampleAudit());
    await trail.end();
    expect(folder.head()).toMatchObject({ count: 51 });
    expect(written).toBeLessThan(25);
    await database.close();
  });

  test('belongs to whom the database belongs, also after a command that root ran', async () => {
    await (await folder.open()).close();
    const owner = process.getuid?.() === 0 ? 65_534 : statSync(head()).uid;
    chownSync(folder.file('chatops.db'), owner, statSync(head()).gid);
    const store = await folder.open();
    await store.audit.append(sampleAudit());
    await folder.sealed(1);
    expect(statSync(head()).uid).toBe(owner);
  });

  test('that can’t be written fails nothing, is told once, and catches up', async () => {
    const warnings: string[] = [];
    const store = await folder.open({ warn: (message) => warnings.push(message) });
    mkdirSync(folder.file('audit.head.tmp'));
    await store.audit.append(sampleAudit());
    expect(await store.runs.insert(sampleRun(), sampleAudit())).toBe(true);
    await until(() => warnings.length > 0, 'a warning');
    expect(warnings).toEqual([expect.stringContaining('a directory is in the way (EISDIR)')]);
    expect(folder.head()).toMatchObject({ count: 0 });
    expect(await store.audit.verify()).toEqual({ rows: 2, problems: [] });
    rmdirSync(folder.file('audit.head.tmp'));
    await store.audit.append(sampleAudit());
    await folder.sealed(3);
    expect(warnings).toHaveLength(1);
  });
});
