import { once } from 'node:events';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FilesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import { files } from '../../../src/executors/files/executor.js';
import { codes, Lab } from '../support/lab.js';
import { asNobody } from '../support/nobody.js';
import { plant, put, tool } from '../support/trees.js';

let lab: Lab;
let fields: FilesFields;

beforeEach(() => {
  lab = new Lab();
  mkdirSync(lab.path('dst'));
  plant(lab.path('src'), 40);
  fields = {
    source: lab.path('src'),
    destination: lab.path('dst'),
    exclude: [],
    compress: 'gzip',
    retention_days: null,
    min_keep: 3,
    require_mount: false,
  };
});
afterEach(() => lab.clean());

async function blockersWith(changed: Partial<FilesFields>): Promise<string[]> {
  return codes((await lab.plan(files, { ...fields, ...changed })).blockers);
}

describe('a plan is blocked', () => {
  test('when the source is missing or empty, also when all of it is excluded', async () => {
    mkdirSync(lab.path('empty', 'folder'), { recursive: true });
    expect(await blockersWith({ source: lab.path('nothing') })).toEqual(['source_missing']);
    expect(await blockersWith({ source: lab.path('empty') })).toEqual(['source_empty']);
    expect(await blockersWith({ exclude: ['*'] })).toEqual(['source_empty']);
  });

  test('when a file or a folder of it can’t be read, unless that is excluded', async () => {
    lab.adapt = asNobody;
    chmodSync(lab.root, 0o755);
    put(lab.path('src', 'secret\nfile'), 'x');
    chmodSync(lab.path('src', 'secret\nfile'), 0o000);
    const part = await lab.plan(files, fields);
    expect(codes(part.blockers)).toEqual(['source_unreadable']);
    expect(plain(part.blockers[0]?.message ?? [])).toContain('secret\nfile');
    expect(await blockersWith({ exclude: ['secret*'] })).toEqual([]);
    mkdirSync(lab.path('src', 'closed'), { mode: 0o700 });
    chmodSync(lab.path('src', 'closed'), 0o000);
    expect(await blockersWith({ exclude: ['secret*'] })).toEqual(['source_unreadable']);
    expect(await blockersWith({ exclude: ['secret*', 'closed'] })).toEqual([]);
  });

  test('when less than half of the files are left, until the intent says how many there must be', async () => {
    lab.remembered = { files: 81 };
    const part = await lab.plan(files, fields);
    expect(codes(part.blockers)).toEqual(['source_shrunk']);
    expect(plain(part.blockers[0]?.remedy ?? [])).toContain('min_files: 40');
    lab.remembered = { files: 80 };
    expect(await blockersWith({})).toEqual([]);
    lab.remembered = { files: 1000 };
    expect(await blockersWith({ min_files: 40 })).toEqual([]);
    expect(await blockersWith({ min_files: 41 })).toEqual(['source_shrunk']);
  });

  test('when the mount that the source was on is gone', async () => {
    lab.remembered = { files: 40, mount: lab.path('src') };
    expect(await blockersWith({})).toEqual(['source_not_mounted']);
    lab.remembered = { files: 40, mount: '/somewhere/else' };
    expect(await blockersWith({})).toEqual([]);
  });

  test('when source and destination lie in each other, also through symlinks', async () => {
    symlinkSync('src', lab.path('alias'));
    mkdirSync(lab.path('src', 'inner'));
    for (const destination of ['src/inner', 'src/new', 'alias/inner', 'alias/new', 'src', 'alias']) {
      expect(await blockersWith({ destination: lab.path(destination) })).toEqual(['destination_in_source']);
    }
    expect(await blockersWith({ destination: lab.root })).toEqual(['destination_in_source']);
    expect(await blockersWith({ source: lab.path('src', 'd0', 'f1'), destination: lab.path('src') })).toEqual(
      [],
    );
  });

  test('when the destination’s parent is missing, or it is no folder, or not writable', async () => {
    expect(await blockersWith({ destination: lab.path('no', 'where') })).toEqual(['destination_missing']);
    writeFileSync(lab.path('file'), '');
    expect(await blockersWith({ destination: lab.path('file') })).toEqual(['destination_not_writable']);
  });

  test('when it would read or write devices, or what the kernel shows of itself', async () => {
    symlinkSync('/proc', lab.path('link'));
    symlinkSync('link/self', lab.path('further'));
    const places = ['/proc', '/proc/self', '/dev', '/dev/shm', '/sys/kernel', '/dev/shm/..', '//proc/1'];
    const through = ['/proc/self/root/srv', `/proc/self/root${lab.path('dst')}`, '/srv/../dev/pts'];
    for (const place of [...places, ...through, lab.path('link'), lab.path('further', 'fd')]) {
      expect(await blockersWith({ source: place })).toEqual(['source_unreadable']);
      const part = await lab.plan(files, { ...fields, destination: place });
      expect(codes(part.blockers)).toContain('destination_not_writable');
      expect(plain(part.blockers[0]?.message ?? [])).toContain('what the kernel shows of itself');
    }
    expect(await blockersWith({ destination: lab.path('link', 'new') })).toEqual([
      'destination_not_writable',
    ]);
    for (const alike of ['/devices', '/process', '/system']) {
      expect(await blockersWith({ source: alike })).toEqual(['source_missing']);
    }
  });

  test('when the source is a pipe, a socket or a device', async () => {
    tool('mkfifo', lab.path('pipe'));
    const server = createServer().listen(lab.path('socket'));
    await once(server, 'listening');
    symlinkSync('pipe', lab.path('piped'));
    try {
      for (const name of ['pipe', 'socket', 'piped']) {
        const part = await lab.plan(files, { ...fields, source: lab.path(name) });
        expect(codes(part.blockers)).toEqual(['source_unreadable']);
        expect(plain(part.blockers[0]?.message ?? [])).toContain('has no contents to copy');
      }
    } finally {
      server.close();
    }
  });

  test('when the destination should be a mount and lies on the root disk', async () => {
    const blockers = await blockersWith({ require_mount: true });
    const target = tool('findmnt', '-n', '-o', 'TARGET', '--target', lab.path('dst')).trim();
    expect(blockers).toEqual(target === '/' ? ['destination_not_mounted'] : []);
    const elsewhere = tool('findmnt', '-n', '-o', 'TARGET', '--target', '/dev/shm').trim();
    expect(await blockersWith({ require_mount: true, destination: '/dev/shm/chatops-test' })).toEqual(
      elsewhere === '/' ? ['destination_not_mounted'] : [],
    );
  });

  test('when a program is missing, with how to get it', async () => {
    mkdirSync(lab.path('bin'));
    for (const name of ['tar', 'gzip', 'env', 'find', 'cat', 'findmnt']) link(name);
    lab.environment = { PATH: lab.path('bin') };
    expect(await blockersWith({})).toEqual([]);
    const part = await lab.plan(files, { ...fields, compress: 'zstd' });
    expect(part.blockers.map(({ remedy }) => plain(remedy))).toEqual([
      'Install it (apt install zstd), then try again.',
    ]);
    lab.environment = { PATH: lab.path('dst') };
    const bare = await lab.plan(files, fields);
    expect(codes(bare.blockers)).toEqual(['tool_missing', 'tool_missing']);
  });
});

function link(program: string): void {
  symlinkSync(tool('which', program).trim(), lab.path('bin', program));
}

describe('a plan warns', () => {
  test('of archives that the catalogue does not know, and touches none of them', async () => {
    for (const name of ['photos_20200101_000000.tar.gz', 'photos_20200102_000000.tar', 'other.tar.gz']) {
      writeFileSync(lab.path('dst', name), 'x');
    }
    const part = await lab.plan(files, { ...fields, retention_days: 1, min_keep: 1 });
    expect(codes(part.warnings)).toEqual(['archives_unknown']);
    expect(plain(part.warnings[0]?.message ?? [])).toContain('holds 2 archives');
    expect(part.effects.map(({ kind }) => kind)).toEqual(['write']);
  });
});
