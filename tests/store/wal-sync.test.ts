import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import Libsql from 'libsql';
import { dataFolder } from './data-folder.js';

const folder = dataFolder();
const built = (file: string) => JSON.stringify(new URL(`../../dist/src/store/${file}`, import.meta.url).href);

/**
 * Tells in order what was synced and which write returned; the first sync of a write is made slow, or fails. The last
 * write comes while the database is being closed, when the write-ahead log is closed already.
 */
const WRITER = `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const [file, failing] = process.argv.slice(1);
  const told = [];
  const real = fs.fdatasync;
  fs.fdatasync = (fd, done) => {
    const name = fs.readlinkSync('/proc/self/fd/' + fd).replace(/.*chatops/, 'chatops');
    if (failing) return setImmediate(done, new Error('EIO: i/o error, fdatasync'));
    setTimeout(() => real(fd, (error) => { told.push('synced ' + name); done(error); }), 50);
  };
  const close = fs.close;
  fs.close = (fd, done) => close(fd, () => tell(4).then(() => done()));
  syncBuiltinESMExports();
  const { openDatabase } = await import(${built('sqlite-database.js')});
  const database = await openDatabase(file, 1000);
  const write = (n) => database.write((sql) => sql.run('UPDATE numbers SET n = ?', n));
  const tell = (n) => write(n).then(() => told.push('wrote ' + n), (error) => told.push(String(error)));
  await tell(1);
  await Promise.all([tell(2), tell(3)]);
  await database.close();
  console.log(JSON.stringify(told));`;

function numbers(): readonly number[] {
  const handle = new Libsql(folder.file('chatops.db'));
  try {
    return (handle.prepare('SELECT n FROM numbers').all([]) as { n: number }[]).map(({ n }) => n);
  } finally {
    handle.close();
  }
}

async function told(...more: string[]): Promise<readonly string[]> {
  const { openDatabase } = await import('../../src/store/sqlite-database.js');
  const store = await folder.open();
  await store.close();
  const file = folder.file('chatops.db');
  const database = await openDatabase(file, 1000);
  await database.write((sql) =>
    sql.script('CREATE TABLE IF NOT EXISTS numbers (n); INSERT INTO numbers VALUES (0)'),
  );
  await database.close();
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', WRITER, file, ...more]);
  return JSON.parse(stdout) as string[];
}

/** What becomes of a write while the database is being closed: nothing is told of a disk. */
const CLOSED = expect.stringMatching(/^StoreError: .*chatops\.db: .*connection is not open/);

test('a write returns once the write-ahead log is on the disk; those that wait together share the sync', async () => {
  const synced = 'synced chatops.db-wal';
  expect(await told()).toEqual([synced, 'wrote 1', synced, 'wrote 2', 'wrote 3', CLOSED]);
});

test('a disk that can’t be synced is told, nothing is called written, and nothing more is tried', async () => {
  const failed =
    /^StoreError: .*chatops\.db: a change could not be written through to the disk \(EIO.*restart\.$/;
  expect(await told('failing')).toEqual([1, 2, 3, 4].map(() => expect.stringMatching(failed)));
  expect(numbers()).toEqual([1]);
});
