import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Libsql from 'libsql';
import { createMachine } from '../../src/hosts/machine.js';
import { openSqliteStore } from '../../src/store/sqlite.js';
import { isRoot, testWith } from '../executors/support/needs.js';
import { mountTmpfs, testWithTmpfs } from '../store/tmpfs.js';
import { clinic, expectOnly, findingsOf } from './clinic.js';

const set = clinic();
/** Everything but what the test breaks is as it should be. */
const healthy = async () => {
  await set.here.connect();
};

describe('the data directory', () => {
  test('is not there yet: fine, the first start makes it, and nothing makes it now', async () => {
    await healthy();
    rmSync(set.here.path('data'), { recursive: true });
    const diagnosis = await set.here.examine();
    expect(findingsOf(diagnosis)).toEqual([]);
    expect(() => readFileSync(set.here.path('data', 'chatops.db'))).toThrow('ENOENT');
  });

  test('looking changes nothing in it', async () => {
    await healthy();
    // They go when the closed store is collected as garbage, which may be while doctor looks.
    for (const name of ['chatops.db-wal', 'chatops.db-shm'])
      rmSync(set.here.path('data', name), { force: true });
    const before = listing(set.here.path('data'));
    await set.here.examine();
    expect(listing(set.here.path('data'))).toEqual(before);
  });

  test('is a file', async () => {
    await healthy();
    set.here.env.CHATOPS_DATA_DIR = set.here.write('data.txt', 'x');
    const message = /data\.txt is a file, not a folder\.$/;
    const remedy = /^Move it away, or set CHATOPS_DATA_DIR to another folder\.$/;
    expectOnly(await set.here.examine(), 'problem', 'data.folder', message, remedy);
  });

  test('is open to others', async () => {
    await healthy();
    chmodSync(set.here.path('data'), 0o755);
    expectOnly(await set.here.examine(), 'warning', 'data.mode', /mode 755/, /^Close it: `chmod 700 /);
  });

  testWithTmpfs('is on a disk that is mounted read-only', async () => {
    await healthy();
    const disk = mountTmpfs('4m');
    try {
      set.here.env.CHATOPS_DATA_DIR = join(disk.path, 'data');
      disk.remountReadOnly();
      const { checks } = await set.here.examine();
      expect(checks.filter(({ id }) => id === 'data.folder')).toEqual([
        {
          id: 'data.folder',
          area: 'data',
          state: 'problem',
          message: expect.stringMatching(/can’t be made in .*: its file system is read-only\.$/),
          remedy: expect.stringMatching(/remount,rw .* or set CHATOPS_DATA_DIR to another folder/),
        },
      ]);
    } finally {
      disk.dispose();
    }
  });

  test('is closed to this user: said once, and nothing is guessed about what is in it', async () => {
    await healthy();
    const machine = createMachine();
    const writeFault = async () => 'EACCES';
    set.here.changed = { machine: { ...machine, writeFault, nameOf: () => 'chatops' } };
    const message = /data can’t be written by chatops: permission denied\.$/;
    expectOnly(await set.here.examine(), 'problem', 'data.folder', message, /`chown chatops .*data`/);
  });

  testWithTmpfs('is on a full disk', async () => {
    await healthy();
    const disk = mountTmpfs('4m');
    try {
      set.here.env.CHATOPS_DATA_DIR = join(disk.path, 'data');
      mkdirSync(join(disk.path, 'data'), { mode: 0o700 });
      writeFileSync(join(disk.path, 'filler'), Buffer.alloc(3.5 * 1024 * 1024));
      const message = /has 5\d\d KiB free \(1\d %\): nothing can be recorded/;
      expectOnly(await set.here.examine(), 'problem', 'data.space', message, /^Free some space on it/);
    } finally {
      disk.dispose();
    }
  });

  testWith('root', isRoot)('holds a file of another user', async () => {
    await healthy();
    chownSync(set.here.path('data', 'audit.head'), 65_534, 65_534);
    const message = /^audit\.head in .* belongs to nobody, and the folder to root/;
    expectOnly(await set.here.examine(), 'warning', 'data.owner', message, /`chown -R root /);
  });

  test('lies on a network share', async () => {
    await healthy();
    const line = `nas:/data ${set.here.root} nfs4 rw 0 0\n`;
    const mountsFile = set.here.write('mounts', `/dev/sda1 / ext4 rw 0 0\n${line}`);
    set.here.changed = { mountsFile };
    const message = /network share \(nfs4\). SQLite’s locks are not reliable there/;
    expectOnly(await set.here.examine(), 'warning', 'data.network', message, /folder on a local disk/);
  });

  test('lies on a network share whose server is gone: nobody waits for it', async () => {
    await healthy();
    const line = `nas:/data ${set.here.root} nfs4 rw 0 0\n`;
    const mountsFile = set.here.write('mounts', `/dev/sda1 / ext4 rw 0 0\n${line}`);
    set.here.changed = { mountsFile };
    // What the kernel does with a process that looks at such a share, without the kernel.
    const bin = set.here.bin({ stat: 'sleep 60' });
    set.here.env.PATH = `${bin}:${process.env.PATH}`;
    const found = findingsOf(await set.here.examine());
    expect(found.map(({ id }) => id)).toEqual(
      ['data.share', ...Array(4).fill('backups.share')].slice(0, found.length),
    );
    expect(found[0]?.remedy).toMatch(/Start its server, or mount it anew \(`umount -l /);
  }, 40_000);
});

describe('the database', () => {
  test('of a newer version', async () => {
    await healthy();
    withDatabase((sql) => sql.exec('PRAGMA user_version = 999'));
    const message =
      /newer version of ChatOps wrote the database \(format 999; this version knows up to \d+\)/;
    expectOnly(await set.here.examine(), 'problem', 'data.database', message, /Start that version again/);
  });

  test('is no database', async () => {
    await healthy();
    writeFileSync(
      set.here.path('data', 'chatops.db'),
      'not a database, but a text that is long enough '.repeat(50),
    );
    const message = /it is damaged or not a ChatOps database \(SQLITE_NOTADB\)/;
    expectOnly(
      await set.here.examine(),
      'problem',
      'data.database',
      message,
      /put a backup of the data directory/,
    );
  });

  test('is damaged in the middle', async () => {
    await healthy();
    const file = set.here.path('data', 'chatops.db');
    const bytes = readFileSync(file);
    bytes.fill(0xff, 4096 * 2, 4096 * 6);
    writeFileSync(file, bytes);
    const message = /it is damaged or not a ChatOps database/;
    expectOnly(
      await set.here.examine(),
      'problem',
      'data.database',
      message,
      /keep the file for examination/,
    );
  });

  test('how large it is, and what it is made of', async () => {
    await healthy();
    const { checks } = await set.here.examine();
    expect(checks.find(({ id }) => id === 'data.size')?.message).toMatch(
      /has \d.+iB: database \d.+ \(\d+ runs?, \d+ plans? of .+, \d+ logs? of .+, \d+ rows? of the audit trail, .+ free\); other files \d+ B\.$/,
    );
  });

  test('lost rows of the audit trail', async () => {
    await healthy();
    withDatabase((sql) => sql.exec('DELETE FROM audit'));
    const message = /missing at the end: it has none, and audit\.head counts 1/;
    expectOnly(await set.here.examine(), 'problem', 'data.audit', message, /`chatops audit verify`/);
  });

  test('is used by a running ChatOps right now: it is read with what is in its log, and named', async () => {
    await healthy();
    const store = await openSqliteStore({ dataDir: set.here.path('data') });
    try {
      const me = { machine: 'another', pid: 4711, startTime: '1', id: 'o-1' };
      await store.owners.beat({ ...me, heartbeatAt: new Date().toISOString() });
      const { checks } = await set.here.examine();
      expect(checks.find(({ id }) => id === 'data.running')?.message).toBe(
        'ChatOps runs now (process 4711).',
      );
    } finally {
      await store.close();
    }
  });

  test('of the first format can be read, and is not migrated', async () => {
    await healthy();
    const data = set.here.path('data');
    for (const name of ['chatops.db', 'audit.head'])
      cpSync(join('tests/fixtures/store/v1', name), join(data, name));
    const before = readFileSync(join(data, 'chatops.db'));
    expect(findingsOf(await set.here.examine())).toEqual([]);
    expect(readFileSync(join(data, 'chatops.db')).equals(before)).toBe(true);
  });
});

function withDatabase(work: (sql: InstanceType<typeof Libsql>) => void): void {
  const sql = new Libsql(set.here.path('data', 'chatops.db'));
  work(sql);
  sql.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  sql.close();
}

/** Names, sizes and times of change. */
function listing(folder: string): string[] {
  return readdirSync(folder).map((name) => {
    const { size, mtimeMs, ctimeMs } = statSync(join(folder, name));
    return [name, size, mtimeMs, ctimeMs].join(' ');
  });
}
