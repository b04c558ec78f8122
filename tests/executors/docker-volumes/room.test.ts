import type { ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DockerVolumesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import { dockerVolumes } from '../../../src/executors/docker-volumes/executor.js';
import { codes, Lab, said } from '../support/lab.js';
import { has, testWith } from '../support/needs.js';
import { HOSTILE_NAMES, INVALID_UTF8, put, putBytes } from '../support/trees.js';
import { oldRsyncBehindSsh, startDaemon } from './servers.js';

let lab: Lab;
let fields: DockerVolumesFields;
let server: ChildProcess | null = null;

beforeEach(() => {
  lab = new Lab();
  mkdirSync(lab.path('src'));
  mkdirSync(lab.path('dst'));
  fields = {
    ...{ source: lab.path('src'), destination: lab.path('dst'), exclude: [], options: [] },
    ...{ mirror: true, max_delete: 100_000, require_mount: false, password_secret: null },
  };
  put(lab.path('src', 'keep'), 'k');
  put(lab.path('dst', 'keep'), 'k');
});
afterEach(() => {
  server?.kill('SIGKILL');
  server = null;
  lab.clean();
});

async function planned() {
  const part = await lab.plan(dockerVolumes, fields);
  expect(codes(part.blockers)).toEqual([]);
  return part;
}

/** What is at the destination; names are bytes. */
function names(): string[] {
  return readdirSync(lab.path('dst'), { recursive: true, encoding: 'latin1' }).sort();
}

/** `was/` with files and folders at the destination, where the source has a file. */
function replaceFolder(): void {
  for (const name of ['x', 'deep/y', 'deep/er/z']) put(lab.path('dst', 'was', name), name);
  put(lab.path('src', 'was'), 'a file');
}

const SHOWN = ['was/', 'was/deep/', 'was/deep/er/', 'was/deep/er/z', 'was/deep/y', 'was/x'];

function shown({ effects }: Awaited<ReturnType<typeof planned>>): string[] {
  const paths = effects.flatMap((effect) => (effect.kind === 'delete' ? effect.paths : []));
  return paths.map((path) => path.slice(fields.destination.length + 1)).sort();
}

describe('a folder that is replaced', () => {
  const COUNT = Number(process.env.CHATOPS_TEST_FILES ?? 3000);

  test(`with ${COUNT} files takes its time by the number, and counts`, async () => {
    mkdirSync(lab.path('dst', 'was', 'deep'), { recursive: true });
    for (let index = 0; index < COUNT; index += 1) {
      writeFileSync(lab.path('dst', 'was', index % 2 === 0 ? `f${index}` : `deep/f${index}`), '');
    }
    put(lab.path('src', 'was'), 'a file');
    const part = await planned();
    expect(plain(part.steps[0]?.title ?? [])).toContain(
      `Delete ${COUNT.toLocaleString('en-US')} files and 2 folders there`,
    );
    const sent: string[] = [];
    lab.adapt = (host) => ({
      ...host,
      exec: (argv, options) => {
        sent.push(Buffer.from(options?.stdin ?? '').toString('latin1'));
        return host.exec(argv, options);
      },
    });
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(said(result)).toContain(`${COUNT.toLocaleString('en-US')} files and 2 folders deleted, as shown.`);
    expect(names()).toEqual(['keep', 'was']);
    expect(readFileSync(lab.path('dst', 'was'), 'utf8')).toBe('a file');
    // One filter rule for each path is compared with each path.
    expect(sent.filter((text) => /(^|\0)R \//.test(text))).toEqual([]);
    expect(lab.progress).toContainEqual({ done: COUNT + 1, total: COUNT + 1, unit: 'files' });
  }, 240_000);

  test('goes with names of all kinds in it, and nothing else', async () => {
    const all = [...HOSTILE_NAMES, ...INVALID_UTF8];
    for (const name of all) putBytes(lab.path('dst', 'd', 'was'), name, 'x');
    for (const name of all) putBytes(lab.path('dst', 'd', 'stays'), name, 'x');
    for (const name of all) putBytes(lab.path('src', 'd', 'stays'), name, 'x');
    symlinkSync('elsewhere', lab.path('src', 'd', 'was'));
    const before = names().filter((name) => !name.startsWith('d/was/'));
    const part = await planned();
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(said(result)).toContain(`${all.length} files and 1 folder deleted, as shown.`);
    expect(names()).toEqual(before);
  });

  test.each([['was/new'], ['was/deep/new'], ['was/deep/er/new']])(
    'stays with a file that came since the preview: %s',
    async (name) => {
      replaceFolder();
      const part = await planned();
      expect(shown(part)).toEqual(SHOWN);
      put(lab.path('dst', name), 'precious');
      const result = await dockerVolumes.run(part, lab.runContext());
      expect(result.state).toBe('failed');
      expect(said(result)).toContain('is in the way of something that is no folder in the source');
      expect(readFileSync(lab.path('dst', name), 'utf8')).toBe('precious');
      // What the next preview shows is all that is left, and then it goes.
      expect(shown(await planned())).toContain(name);
      expect((await dockerVolumes.run(await planned(), lab.runContext())).state).toBe('succeeded');
      expect(names()).toEqual(['keep', 'was']);
    },
  );

  test('stays where the source has a folder again, and where it has nothing any more', async () => {
    replaceFolder();
    put(lab.path('dst', 'other', 'x'), 'the only copy');
    put(lab.path('src', 'other'), 'a file');
    const part = await planned();
    rmSync(lab.path('src', 'was'));
    put(lab.path('src', 'was', 'x'), 'is back');
    rmSync(lab.path('src', 'other'));
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(said(result)).toContain('0 of 8 shown deletions made.');
    expect(readFileSync(lab.path('dst', 'was', 'x'), 'utf8')).toBe('is back');
    expect(names()).toEqual(
      ['keep', 'other', 'other/x', 'was', ...SHOWN.slice(1).map((path) => path.replace(/\/$/, ''))].sort(),
    );
  });

  test.each([['was'], ['was/deep'], ['was/deep/er']])(
    'is not left through a symlink that came since the preview: %s',
    async (name) => {
      replaceFolder();
      const part = await planned();
      renameSync(lab.path('dst', name), lab.path('elsewhere'));
      symlinkSync(lab.path('elsewhere'), lab.path('dst', name));
      const there = readdirSync(lab.path('elsewhere'), { recursive: true });
      // An rsync of before 3.5 follows links on the way: what it is not told it can't delete.
      const told: string[] = [];
      lab.adapt = (host) => ({
        ...host,
        exec: (argv, options) => {
          if (argv.includes('--delete-missing-args')) told.push(String(options?.stdin));
          return host.exec(argv, options);
        },
      });
      await dockerVolumes.run(part, lab.runContext());
      expect(readdirSync(lab.path('elsewhere'), { recursive: true })).toEqual(there);
      expect(
        told
          .join('')
          .split('\0')
          .filter((path) => path.startsWith(`${name}/`)),
      ).toEqual([]);
    },
  );
});

describe('on another host', () => {
  const testRsync = testWith('rsync', has('rsync'));

  async function expectReplaced(): Promise<void> {
    const part = await planned();
    expect(shown(part)).toContain('was/deep/er/z');
    expect((await dockerVolumes.run(part, lab.runContext())).state).toBe('succeeded');
    expect(names()).toEqual(['keep', 'was']);
  }

  async function expectKept(): Promise<void> {
    put(lab.path('dst', 'other', 'deep', 'x'), 'x');
    put(lab.path('src', 'other'), 'a file');
    const part = await planned();
    put(lab.path('dst', 'other', 'deep', 'new'), 'precious');
    expect((await dockerVolumes.run(part, lab.runContext())).state).toBe('failed');
    expect(existsSync(lab.path('dst', 'other', 'deep', 'new'))).toBe(true);
  }

  testRsync.each([['3.0.9'], ['3.1.3'], ['3.2.3']])(
    'rsync %s replaces a folder, and keeps what was not shown',
    async (version) => {
      replaceFolder();
      oldRsyncBehindSsh(lab, version);
      fields = { ...fields, destination: `nas:${lab.path('dst')}` };
      await expectReplaced();
      await expectKept();
    },
  );

  testRsync.each([['no'], ['yes']])('so does an rsync daemon (write only = %s)', async (writeOnly) => {
    replaceFolder();
    const module = { path: lab.path('dst'), 'write only': writeOnly };
    const daemon = await startDaemon(lab, { backup: module });
    server = daemon.server;
    fields = { ...fields, destination: `rsync://127.0.0.1:${daemon.port}/backup` };
    await expectReplaced();
    await expectKept();
  });
});
