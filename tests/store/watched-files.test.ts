import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { plain } from '../../src/core/model/phrase.js';
import { type Store, StoreError } from '../../src/core/ports/store.js';
import { openSqliteStore } from '../../src/store/sqlite.js';
import { sampleAudit, sampleRun } from './samples.js';
import { mountTmpfs, testWithTmpfs } from './tmpfs.js';

let parent: string;
let dataDir: string;
let store: Store;

const at = (name: string): string => join(dataDir, name);
const add = (id: string, to = store) => to.runs.insert(sampleRun({ id }), sampleAudit({ runId: id }));

beforeEach(async () => {
  parent = mkdtempSync(join(tmpdir(), 'chatops-test-watched-'));
  dataDir = join(parent, 'data');
  store = await openSqliteStore({ dataDir });
  await add('r-1');
  expect(await store.files.look()).toBeNull();
});
afterEach(async () => {
  await store.close();
  rmSync(parent, { recursive: true, force: true });
});

/** What a look finds, and what a write then says. */
async function found(): Promise<{ said: string; fault: string }> {
  const notice = await store.files.look();
  const fault = await add('r-late').then(
    () => 'written',
    (error: unknown) => (error instanceof StoreError ? error.fault : String(error)),
  );
  return { said: notice === null ? '' : `${plain(notice.message)} ${plain(notice.remedy)}`, fault };
}

/** SQL against the database, as somebody else's tool has it. */
async function inAnotherProcess(sql: string): Promise<void> {
  await promisify(execFile)('sqlite3', ['-cmd', '.timeout 5000', at('chatops.db'), sql]);
}

/** The runs of what was rescued, whose audit trail must be complete. */
async function rescuedRuns(within: string): Promise<string[]> {
  const [folder = ''] = readdirSync(within).filter((name) => name.startsWith('rescued-'));
  expect(readdirSync(join(within, folder)).sort()).toEqual(['audit.head', 'chatops.db']);
  const saved = await openSqliteStore({ dataDir: join(within, folder) });
  expect((await saved.audit.verify()).problems).toEqual([]);
  const runs = await saved.runs.list({ limit: 10 });
  await saved.close();
  return runs.map(({ id }) => id);
}

describe('the database’s files while it is open', () => {
  test('deleted: nothing is written any more, and all that was stored is saved', async () => {
    for (const name of ['chatops.db', 'chatops.db-wal', 'chatops.db-shm']) rmSync(at(name));
    const { said, fault } = await found();
    expect(said).toMatch(
      /chatops\.db was deleted while ChatOps runs\. All that was stored is saved in .+rescued-/,
    );
    expect(fault).toBe('gone');
    expect(await rescuedRuns(dataDir)).toEqual(['r-1']);
    await store.files.look();
    expect(readdirSync(dataDir).filter((name) => name.startsWith('rescued-'))).toHaveLength(1);
  });

  test.each(['chatops.db-wal', 'chatops.db-shm'])('%s deleted: what it holds is saved too', async (name) => {
    rmSync(at(name));
    const { said, fault } = await found();
    expect([said, fault]).toEqual([expect.stringContaining(`${name} was deleted`), 'gone']);
    expect(await rescuedRuns(dataDir)).toEqual(['r-1']);
  });

  test('the whole folder deleted: saved beside it', async () => {
    rmSync(dataDir, { recursive: true });
    const { said, fault } = await found();
    expect([said, fault]).toEqual([expect.stringContaining('was deleted while ChatOps runs'), 'gone']);
    expect(await rescuedRuns(parent)).toEqual(['r-1']);
  });

  test('moved away: nothing is written until it is back', async () => {
    renameSync(dataDir, join(parent, 'elsewhere'));
    const { said, fault } = await found();
    expect([said, fault]).toEqual([
      expect.stringContaining('was unmounted, or the folder was moved'),
      'gone',
    ]);
    expect(readdirSync(parent)).toEqual(['elsewhere']);

    renameSync(join(parent, 'elsewhere'), dataDir);
    expect(await store.files.look()).toBeNull();
    expect(await add('r-2')).toBe(true);
  });

  test('replaced: the new one and its log are left alone', async () => {
    renameSync(at('chatops.db'), at('before'));
    rmSync(at('chatops.db-wal'));
    rmSync(at('chatops.db-shm'));
    const other = await openSqliteStore({ dataDir });
    await add('r-other', other);
    const { said, fault } = await found();
    expect([said, fault]).toEqual([expect.stringContaining('was replaced by another file'), 'gone']);

    await store.close();
    expect(await other.files.look()).toBeNull();
    await add('r-other-2', other);
    await other.close();
  });

  test('cut off: nothing is written any more, whatever comes after', async () => {
    await store.close();
    store = await openSqliteStore({ dataDir });
    await store.files.look();
    truncateSync(at('chatops.db'), 8192);
    expect((await found()).said).toMatch(/chatops\.db was cut off .+: it has 8\.0 KiB, and had/);
    truncateSync(at('chatops.db'), 1_000_000);
    expect(await found()).toMatchObject({ fault: 'damaged' });
  });

  test('vacuumed by somebody else: that is how it gets shorter, and no trouble', async () => {
    const ballast = 'CREATE TABLE ballast AS SELECT randomblob(1000000) AS b; DROP TABLE ballast;';
    await inAnotherProcess(`${ballast} PRAGMA wal_checkpoint(TRUNCATE);`);
    expect(await store.files.look()).toBeNull();
    const before = statSync(at('chatops.db')).size;
    await inAnotherProcess('VACUUM; PRAGMA wal_checkpoint(TRUNCATE);');
    expect(statSync(at('chatops.db')).size).toBeLessThan(before / 2);
    expect(await found()).toEqual({ said: '', fault: 'written' });
  });

  testWithTmpfs('on a file system that was made read-only', async () => {
    const disk = mountTmpfs('16m');
    const own = await openSqliteStore({ dataDir: disk.path });
    try {
      expect(await own.files.look()).toBeNull();
      disk.coverReadOnly();
      const notice = await own.files.look();
      expect(plain(notice?.message ?? [])).toMatch(/can’t be written any more: the file system is read-only/);
      await expect(add('r-1', own)).rejects.toMatchObject({ fault: 'denied' });
      disk.makeWritable();
      expect(await own.files.look()).toBeNull();
      expect(await add('r-1', own)).toBe(true);
    } finally {
      await own.close();
      disk.dispose();
    }
  });
});

test('a look at a database that is in use by others finds nothing', async () => {
  const other = await openSqliteStore({ dataDir });
  for (let index = 0; index < 50; index += 1) {
    await Promise.all([add(`r-a${index}`), add(`r-b${index}`, other)]);
    expect([await store.files.look(), await other.files.look()]).toEqual([null, null]);
  }
  await other.close();
  expect(await store.files.look()).toBeNull();
});

describe('a check of all pages', () => {
  const never = new AbortController().signal;

  test('finds nothing in a database that is intact and in use', async () => {
    expect(await store.files.check(never)).toBeNull();
  });

  test('finds pages that were overwritten', async () => {
    for (let index = 0; index < 100; index += 1) await add(`r-${index}y`);
    await store.close();
    const file = at('chatops.db');
    const patch = [
      'conv=notrunc',
      'bs=4096',
      'seek=5',
      'count=6',
      'status=none',
      'if=/dev/urandom',
      `of=${file}`,
    ];
    expect(spawnSync('dd', patch).status).toBe(0);
    store = await openSqliteStore({ dataDir });
    const damage = await store.files.check(never);
    expect(plain(damage?.message ?? [])).toMatch(/chatops\.db is damaged \(/);
  });

  test('ends with its signal', async () => {
    await expect(store.files.check(AbortSignal.abort())).rejects.toThrow();
  });
});

test('garbage in the place of a file that nobody opened is not looked at', async () => {
  writeFileSync(at('note.txt'), 'hello');
  expect(await store.files.look()).toBeNull();
});
