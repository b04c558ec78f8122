import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import type { PartResult } from '../../../src/core/ports/executor.js';
import { createPlex } from '../../../src/executors/plex/executor.js';
import { Lab, said } from '../support/lab.js';
import { tool } from '../support/trees.js';
import { fieldsFor, QUICK } from './box.js';

const executor = createPlex(QUICK);
const LIBRARY = 'com.plexapp.plugins.library.db';
const TABLE = "CREATE TABLE t (v); INSERT INTO t VALUES (hex(randomblob(20000))), ('b');";

describe('the databases in an archive', () => {
  let lab: Lab;
  beforeEach(() => {
    lab = new Lab();
    for (const folder of ['src', 'backups']) mkdirSync(lab.path(folder));
    writeFileSync(lab.path('src', 'Preferences.xml'), '<Preferences/>');
  });
  afterEach(() => lab.clean());

  const database = (name: string, sql = TABLE): string => tool('sqlite3', lab.path('src', name), sql);

  async function backUp(): Promise<PartResult> {
    const fields = fieldsFor('none', lab.path('backups'), {
      ...{ source: lab.path('src'), source_path: null, consistency: 'none' },
    });
    const result = await executor.run(await lab.plan(executor, fields), lab.runContext());
    const left = readdirSync(lab.path('backups'));
    expect(left.filter((name) => !/\.tar\.gz(\.manifest\.json)?$/.test(name))).toEqual([]);
    return result;
  }

  async function refused(name: string, why: string): Promise<PartResult> {
    const result = await backUp();
    expect(result).toMatchObject({ state: 'failed', reason: 'check_failed' });
    expect(said(result)).toContain(`The copied database ./${name} ${why}`);
    expect(lab.artifacts).toEqual([]);
    expect(readdirSync(lab.path('backups'))).toEqual([]);
    return result;
  }

  test('all of them intact: opened, and the catalogue says so', async () => {
    database(LIBRARY);
    database('other.sqlite');
    database('third.SQLITE3');
    const result = await backUp();
    expect(said(result)).toContain('3 databases passed the integrity check.');
    expect(lab.artifacts).toMatchObject([{ verified: 'opened' }]);
  });

  test('no database at all: read, and nothing is said of any', async () => {
    const result = await backUp();
    expect(said(result)).not.toMatch(/database/);
    expect(lab.artifacts).toMatchObject([{ verified: 'read' }]);
  });

  test.each([LIBRARY, 'cache.sqlite', `${LIBRARY}-2026-11-20`])(
    '%s of 0 bytes fails the check',
    async (name) => {
      if (name !== LIBRARY) database(LIBRARY);
      writeFileSync(lab.path('src', name), '');
      const result = await refused(name, 'is empty (0 bytes).');
      expect(plain(result.next ?? [])).toMatch(/^Look at the file in the source/);
    },
  );

  test('one of 0 bytes fails the check where sqlite3 is not installed, too', async () => {
    writeFileSync(lab.path('src', LIBRARY), '');
    withoutSqlite();
    await refused(LIBRARY, 'is empty (0 bytes).');
  });

  test('one without a table fails the check', async () => {
    database(LIBRARY, 'CREATE TABLE t (v); DROP TABLE t;');
    await refused(LIBRARY, 'has no table in it.');
  });

  test.each([
    ['zeros, whatever it is called', 'some.db', (bytes: Buffer) => bytes.fill(0)],
    ['Plex’s own with another beginning', LIBRARY, (bytes: Buffer) => bytes.fill('x', 0, 100)],
    ['a page that is overwritten', 'some.sqlite3', (bytes: Buffer) => bytes.fill('x', 4096, 12_288)],
    ['one under another name', 'cache', (bytes: Buffer) => bytes.fill('x', 4096, 12_288)],
  ])('%s is damaged', async (_what, name, harm) => {
    database(name);
    const bytes = readFileSync(lab.path('src', name));
    writeFileSync(lab.path('src', name), harm(bytes));
    await refused(name, 'is damaged:');
  });

  test('one that was cut off is damaged', async () => {
    database(LIBRARY);
    const bytes = readFileSync(lab.path('src', LIBRARY));
    writeFileSync(lab.path('src', LIBRARY), bytes.subarray(0, bytes.length - 8192));
    await refused(LIBRARY, 'is damaged:');
  });

  test('what is only called like one is told apart', async () => {
    database(LIBRARY);
    writeFileSync(lab.path('src', 'Thumbs.db'), 'an icon cache of Windows');
    const result = await backUp();
    expect(said(result)).toContain(
      '1 database passed the integrity check. Not opened, because it is no SQLite database: Thumbs.db.',
    );
    expect(lab.artifacts).toMatchObject([{ verified: 'opened' }]);
  });

  test('one is found by its first bytes under any name, in any folder', async () => {
    mkdirSync(lab.path('src', 'a\nb ü'));
    database('a\nb ü/state');
    database(`${LIBRARY}-2026-11-20`);
    writeFileSync(lab.path('src', 'block'), Buffer.alloc(4096, 'SQLite format 4'));
    chmodSync(lab.path('src', 'a\nb ü', 'state'), 0o400);
    symlinkSync('/etc/passwd', lab.path('src', 'link.db'));
    const result = await backUp();
    expect(said(result)).toContain('2 databases passed the integrity check.');
    expect(said(result)).not.toContain('no SQLite');
  });

  test('changes that are only in the log belong to it', async () => {
    // A writer that was killed: the table is in the log alone.
    const script = `PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; ${TABLE}\n.shell kill -9 $PPID\n`;
    expect(() =>
      tool('sh', '-c', `printf '%s' "$0" | sqlite3 "$1"`, script, lab.path('src', LIBRARY)),
    ).toThrow();
    expect(readdirSync(lab.path('src'))).toContain(`${LIBRARY}-wal`);
    const result = await backUp();
    expect(said(result)).toContain('1 database passed the integrity check.');
  });

  test('more than 20 are not all opened, which is said', async () => {
    for (let index = 0; index < 23; index += 1) database(`n${index}.db`);
    const result = await backUp();
    expect(said(result)).toContain(
      '20 of 23 databases passed the integrity check. 3 databases not opened: 20 at most are.',
    );
    expect(lab.artifacts).toMatchObject([{ verified: 'read' }]);
  });

  test('without sqlite3 none is opened, which is said', async () => {
    database(LIBRARY);
    withoutSqlite();
    const result = await backUp();
    expect(said(result)).toContain('1 database not opened: sqlite3 is not installed here.');
    expect(lab.artifacts).toMatchObject([{ verified: 'read' }]);
  });

  function withoutSqlite(): void {
    mkdirSync(lab.path('bin'));
    for (const name of [
      'tar',
      'cat',
      'gzip',
      'pigz',
      'sha256sum',
      'find',
      'findmnt',
      'rm',
      'stat',
      'df',
      'sync',
    ]) {
      const [path] = tool('sh', '-c', `command -v ${name} || true`).split('\n');
      if (path) symlinkSync(path, lab.path('bin', name));
    }
    lab.environment = { ...process.env, PATH: lab.path('bin') };
  }
});
