import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import Libsql from 'libsql';
import { StoreError } from '../../src/core/ports/store.js';
import { openSqliteStore } from '../../src/store/sqlite.js';
import { openDatabase } from '../../src/store/sqlite-database.js';
import { dataFolder } from './data-folder.js';
import { sampleAudit, sampleRun } from './samples.js';
import { mountTmpfs, testWithTmpfs } from './tmpfs.js';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

async function refusal(dataDir: string): Promise<string> {
  const error: unknown = await openSqliteStore({ dataDir }).then(
    (store) => store.close().then(() => 'It was opened.'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StoreError);
  return String(error);
}

describe('the database file', () => {
  const folder = dataFolder();
  const database = () => folder.file('chatops.db');

  test('is created in a folder of its own, for its owner only', async () => {
    const dataDir = join(folder.path, 'new', 'data');
    const store = await openSqliteStore({ dataDir });
    await store.runs.insert(sampleRun(), sampleAudit());
    expect(modeOf(dataDir)).toBe('700');
    for (const name of ['chatops.db', 'chatops.db-wal', 'chatops.db-shm', 'audit.head']) {
      expect([name, modeOf(join(dataDir, name))]).toEqual([name, '600']);
    }
    await store.close();
  });

  test('that others could read is closed to them', async () => {
    writeFileSync(database(), '', { mode: 0o644 });
    chmodSync(database(), 0o644);
    await folder.open();
    expect(modeOf(database())).toBe('600');
  });

  test('checks references, and has a write-ahead log that is synced by itself before a checkpoint', async () => {
    await folder.open();
    const opened = await openDatabase(database(), 1000);
    const pragma = (name: string) =>
      opened.read((sql) => Object.values(sql.all<object>(`PRAGMA ${name}`)[0] ?? {})[0]);
    expect(await pragma('journal_mode')).toBe('wal');
    // NORMAL: commits are synced by us.
    expect(await pragma('synchronous')).toBe(1);
    expect(await pragma('foreign_keys')).toBe(1);
    await opened.close();
  });

  test('is opened by many at the same moment when it is new', async () => {
    const stores = await Promise.all(Array.from({ length: 6 }, () => folder.open()));
    await Promise.all(stores.map((store) => store.audit.append(sampleAudit())));
    expect(await stores[0]?.audit.verify()).toEqual({ rows: 6, problems: [] });
  });

  test('of a newer version is refused and left as it is', async () => {
    await (await folder.open()).close();
    const newer = await openDatabase(database(), 1000);
    await newer.write((sql) => sql.script('DROP TABLE facts; PRAGMA user_version = 99'));
    await newer.close();
    const before = readFileSync(database());
    const text = await refusal(folder.path);
    expect(text).toContain(database());
    expect(text).toMatch(/a newer version of ChatOps wrote it \(format 99; .+ Start that version again/);
    expect(readFileSync(database()).equals(before)).toBe(true);
  });

  test('that is no database is refused and left as it is', async () => {
    const content = 'these are my holiday pictures '.repeat(1000);
    writeFileSync(database(), content);
    const text = await refusal(folder.path);
    expect(text).toContain(database());
    expect(text).toMatch(
      /damaged or not a ChatOps database .+ put a backup of the data directory in its place/,
    );
    expect(readFileSync(database(), 'utf8')).toBe(content);
  });

  test('with damaged pages says so instead of giving wrong answers', async () => {
    const store = await folder.open();
    for (let index = 0; index < 50; index += 1) {
      await store.runs.insert(sampleRun({ id: `r-${index}` }), sampleAudit());
    }
    await store.close();
    const bytes = readFileSync(database());
    writeFileSync(database(), bytes.fill(0xa5, 4096));
    for (const side of ['-wal', '-shm']) rmSync(database() + side, { force: true });
    const damaged = folder.open().then((opened) => opened.runs.get('r-7'));
    await expect(damaged).rejects.toThrow(StoreError);
    await expect(damaged).rejects.toThrow(/chatops\.db: it is damaged/);
  });

  test('with a plan that is no JSON any more says which run it is', async () => {
    const store = await folder.open();
    await store.runs.insert(sampleRun(), sampleAudit());
    const opened = await openDatabase(database(), 1000);
    await opened.write((sql) => sql.run('UPDATE plans SET plan = ?', '{"intent":'));
    await opened.close();
    await expect(store.runs.get('r-0001')).rejects.toThrow(StoreError);
    await expect(store.runs.get('r-0001')).rejects.toThrow(/plan of run r-0001 .+ damaged/);
    expect(await store.runs.list({ limit: 1 })).toHaveLength(1);
  });

  test('can’t be made where a file is in the way of its folder, and that is said', async () => {
    const dataDir = folder.file('data');
    writeFileSync(dataDir, '');
    expect(await refusal(dataDir)).toMatch(
      /data can’t be made: a file is in the way \(EEXIST\)\. .+CHATOPS_DATA_DIR/,
    );
    expect(await refusal(join(dataDir, 'below'))).toMatch(/a part of the path is a file \(ENOTDIR\)/);
  });

  test('can’t be a folder, and that is said', async () => {
    mkdirSync(database());
    expect(await refusal(folder.path)).toMatch(
      /chatops\.db can’t be written: a directory is in the way \(EISDIR\)/,
    );
  });

  testWithTmpfs('on a read-only file system is refused with the reason', async () => {
    const disk = mountTmpfs('2m');
    try {
      await (await folder.open()).close();
      cpSync(folder.path, disk.path, { recursive: true });
      disk.remountReadOnly();
      expect(await refusal(disk.path)).toMatch(/can’t be written: the file system is read-only \(EROFS\)/);
    } finally {
      disk.dispose();
    }
  });

  test('that another process keeps locked is waited for, then given up with the reason', async () => {
    const store = await folder.open({ lockTimeoutMs: 300 });
    await store.runs.insert(sampleRun(), sampleAudit());
    const other = new Libsql(database());
    other.exec('BEGIN IMMEDIATE');
    expect((await store.runs.get('r-0001'))?.state).toBe('awaiting');
    const patch = store.runs.patch('r-0001', { reported: true });
    await expect(patch).rejects.toThrow(StoreError);
    await expect(patch).rejects.toThrow(/chatops\.db: another process keeps it locked/);
    other.exec('COMMIT');
    await store.runs.patch('r-0001', { reported: true });
    expect((await store.runs.get('r-0001'))?.reported).toBe(true);
    other.close();
  });

  test('that another process has locked for a moment is only waited for, in the order of the calls', async () => {
    const store = await folder.open();
    await store.runs.insert(sampleRun(), sampleAudit());
    const other = new Libsql(database());
    other.exec('BEGIN IMMEDIATE');
    const moved = store.runs.transition('r-0001', 'awaiting', 'queued', {}, sampleAudit());
    const steps = Array.from({ length: 20 }, (_, step) =>
      store.runs.patch('r-0001', { progress: { part: 0, step } }),
    );
    await sleep(700);
    expect((await store.runs.get('r-0001'))?.state).toBe('awaiting');
    other.exec('COMMIT');
    expect(await moved).toBe(true);
    await Promise.all(steps);
    expect((await store.runs.get('r-0001'))?.progress?.step).toBe(19);
    other.close();
  });

  test('is closed after the writes that were under way, and answers no more', async () => {
    const store = await folder.open();
    const writes = Array.from({ length: 10 }, () => store.audit.append(sampleAudit()));
    await Promise.all([store.close(), ...writes.slice(0, 1)]);
    await Promise.allSettled(writes);
    await store.close();
    await expect(store.runs.list({ limit: 1 })).rejects.toThrow(StoreError);
    await expect(store.audit.append(sampleAudit())).rejects.toThrow(/chatops\.db/);
    expect(await (await folder.open()).audit.verify()).toEqual({ rows: 10, problems: [] });
  });
});
