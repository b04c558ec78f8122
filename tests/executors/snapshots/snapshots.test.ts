import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';

import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { FilesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { Executor } from '../../../src/core/ports/executor.js';
import type { SnapshotData } from '../../../src/executors/snapshots/data.js';
import { planSnapshot } from '../../../src/executors/snapshots/plan.js';
import { recoverSnapshot } from '../../../src/executors/snapshots/recover.js';
import { runSnapshot } from '../../../src/executors/snapshots/run.js';
import { codes, Lab, said, told } from '../support/lab.js';
import { HOSTILE_NAMES, INVALID_UTF8, plant, put, putBytes } from '../support/trees.js';

jest.setTimeout(120_000);

/** Without the look for containers, which other tests are about. */
const snapshots: Executor<'files', SnapshotData> = {
  kind: 'files',
  plan: planSnapshot,
  run: runSnapshot,
  recover: recoverSnapshot,
};

let lab: Lab;
let fields: FilesFields;

beforeEach(() => {
  lab = new Lab();
  plant(lab.path('src'), 30);
  fields = {
    ...{ source: lab.path('src'), destination: lab.path('dst'), exclude: [], compress: 'none' },
    ...{ retention_days: null, min_keep: 3, require_mount: false, link_dest: true },
  };
});
afterEach(() => lab.clean());

const FIRST = '20261122_141700';
const SECOND = '20261123_141700';

/** One snapshot, a day after the one before. */
async function make(at = '2026-11-22T14:17:00Z') {
  lab.plannedAt = new Date(at);
  const part = await lab.plan(snapshots, fields);
  expect(part.blockers).toEqual([]);
  return { part, result: await snapshots.run(part, lab.runContext()) };
}

interface Entry {
  readonly type: 'd' | '-';
  readonly state: string;
  readonly inode: number;
}

/** Everything below a folder, by names that are bytes: what it is and holds, and which inode. */
function walk(root: string): Map<string, Entry> {
  const found = new Map<string, Entry>();
  const into = (folder: Buffer, name: string): void => {
    for (const entry of readdirSync(folder, { encoding: 'buffer' })) {
      const path = Buffer.concat([folder, Buffer.from('/'), entry]);
      const { mode, uid, gid, mtimeMs, size, ino } = lstatSync(path);
      const isFolder = (mode & 0o170000) === 0o040000;
      const content = (mode & 0o170000) === 0o100000 ? readFileSync(path).toString('hex') : '';
      const state = [mode, uid, gid, Math.floor(mtimeMs / 1000), isFolder ? 0 : size, content].join(' ');
      found.set(`${name}/${entry.toString('latin1')}`, { type: isFolder ? 'd' : '-', state, inode: ino });
      if (isFolder) into(path, `${name}/${entry.toString('latin1')}`);
    }
  };
  into(Buffer.from(root), '');
  return found;
}

function states(root: string): Record<string, string> {
  return Object.fromEntries([...walk(root)].map(([name, { state }]) => [name, state]).sort());
}

/** Names that both folders have as one file. */
function shared(one: string, other: string): string[] {
  const inodes = new Map([...walk(other)].map(([name, { inode }]) => [name, inode]));
  return [...walk(one)].filter(([name, { inode }]) => inodes.get(name) === inode).map(([name]) => name);
}

describe('a snapshot', () => {
  test('is the source, and shares every file with the one before that did not change', async () => {
    for (const name of [...HOSTILE_NAMES, ...INVALID_UTF8]) putBytes(lab.path('src', 'odd'), name, 'odd');
    symlinkSync('d0/f1', lab.path('src', 'link'));
    linkSync(lab.path('src', 'd0', 'f2'), lab.path('src', 'd0', 'twin'));
    execFileSync('mkfifo', [lab.path('src', 'pipe')]);
    mkdirSync(lab.path('src', 'empty'));
    put(lab.path('src', 'holes'), '');
    truncateSync(lab.path('src', 'holes'), 8 * 1024 * 1024);
    const first = await make();
    expect(first.result.state).toBe('succeeded');
    expect(states(lab.path('dst', FIRST))).toEqual(states(lab.path('src')));
    expect(lstatSync(lab.path('dst', FIRST, 'holes')).blocks).toBe(0);

    writeFileSync(lab.path('src', 'd0', 'f3'), 'changed');
    put(lab.path('src', 'new'), 'x'.repeat(5000));
    rmSync(lab.path('src', 'd0', 'f4'));
    chmodSync(lab.path('src', 'd0', 'f5'), 0o600);
    const before = states(lab.path('dst', FIRST));
    const second = await make('2026-11-23T14:17:00Z');
    expect(second.result.state).toBe('succeeded');
    expect(states(lab.path('dst', SECOND))).toEqual(states(lab.path('src')));
    // The one before is as it was, and what both have alike is there once.
    expect(states(lab.path('dst', FIRST))).toEqual(before);
    const [now, was] = [walk(lab.path('dst', SECOND)), walk(lab.path('dst', FIRST))];
    const files = [...was].filter(
      ([name, { state, type }]) => type !== 'd' && now.get(name)?.state === state,
    );
    const links = [...was].filter(([name, { inode }]) => now.get(name)?.inode === inode);
    expect(links.map(([name]) => name).sort()).toEqual(files.map(([name]) => name).sort());
    const all = files.length;
    const f5 = lstatSync(lab.path('dst', FIRST, 'd0', 'f5')).size;
    const copied = 7 + 5000 + f5;
    expect(plain(second.part.steps[0]?.title ?? [])).toMatch(
      new RegExp(`: \\S+ \\w+ new or changed \\(3 files\\), ${all} files linked to ${FIRST}\\.`),
    );
    expect(second.part.effects).toEqual([
      { kind: 'write', target: lab.path('dst', SECOND), bytes: copied, files: 3, estimate: false },
    ]);
    expect(said(second.result)).toMatch(new RegExp(`\\(3 files\\) new, ${all} files linked to ${FIRST} in `));
    const manifest = JSON.parse(readFileSync(lab.path('dst', `${SECOND}.manifest.json`), 'utf8'));
    expect(manifest).toMatchObject({ newFiles: 3, newBytes: copied, files: all + 3, linkedTo: FIRST });
    expect(lab.artifacts).toMatchObject([
      { kind: 'snapshot', path: lab.path('dst', FIRST), verified: 'listed', sha256: null },
      { kind: 'snapshot', path: lab.path('dst', SECOND), verified: 'listed', files: all + 3 },
    ]);
    expect(told(second.result)).toEqual([]);
  });

  test('leaves out what is excluded, and comes back by the line in its manifest', async () => {
    put(lab.path('src', 'cache', 'x'), 'x');
    fields = { ...fields, exclude: ['cache/'] };
    const { part } = await make();
    expect(plain(part.steps[0]?.title ?? [])).toContain('Excluded: 1 file, 1 B.');
    expect(existsSync(lab.path('dst', FIRST, 'cache'))).toBe(false);
    const { restore } = JSON.parse(readFileSync(lab.path('dst', `${FIRST}.manifest.json`), 'utf8'));
    const { status, stderr } = spawnSync('sh', ['-c', restore], { cwd: lab.path('dst'), encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    rmSync(lab.path('src', 'cache'), { recursive: true });
    expect(states(lab.path('dst', 'restore'))).toEqual(states(lab.path('src')));
  });

  test('links to the newest one that is as it was checked', async () => {
    await make();
    await make('2026-11-23T14:17:00Z');
    rmSync(lab.path('dst', SECOND, 'd0', 'f7'));
    const { part } = await make('2026-11-24T14:17:00Z');
    expect(part.data.base).toBe(lab.path('dst', FIRST));
    expect(states(lab.path('dst', '20261124_141700'))).toEqual(states(lab.path('src')));
  });

  test('keeps a folder that its owner may not write to', async () => {
    mkdirSync(lab.path('src', 'closed'));
    put(lab.path('src', 'closed', 'x'), 'x');
    chmodSync(lab.path('src', 'closed'), 0o555);
    expect((await make()).result.state).toBe('succeeded');
    expect(lstatSync(lab.path('dst', FIRST, 'closed')).mode & 0o777).toBe(0o555);
  });

  test('in the same second gets the next name, and links to the one that has the name', async () => {
    const part = await lab.plan(snapshots, fields);
    await snapshots.run(part, lab.runContext());
    const again = await lab.plan(snapshots, fields);
    const result = await snapshots.run(again, lab.runContext());
    expect(said(result)).toContain(`The name ${FIRST} was taken already.`);
    expect(shared(lab.path('dst', `${FIRST}-2`), lab.path('dst', FIRST)).length).toBe(30);
    const third = await snapshots.run(again, lab.runContext());
    expect(third.state).toBe('succeeded');
    expect(readdirSync(lab.path('dst')).sort()).toEqual(
      [FIRST, `${FIRST}-2`, `${FIRST}-3`].flatMap((name) => [name, `${name}.manifest.json`]).sort(),
    );
  });

  test('has in its name what parameters decide', async () => {
    lab.label = 'holiday';
    await make();
    expect(readdirSync(lab.path('dst'))).toContain(`${FIRST}_holiday`);
    expect(lab.artifacts).toMatchObject([{ path: lab.path('dst', `${FIRST}_holiday`) }]);
  });
});

describe('refused, with a way out, is', () => {
  test('a source that is no folder', async () => {
    fields = { ...fields, source: lab.path('src', 'd0', 'f1') };
    const { blockers } = await lab.plan(snapshots, fields);
    expect(codes(blockers)).toEqual(['source_missing']);
    expect(plain(blockers[0]?.message ?? [])).toContain('is not a folder, and snapshots are of folders');
  });

  test('a destination that takes no hard links, before anything is copied', async () => {
    lab.adapt = (host) => ({
      ...host,
      exec: async (argv, options) =>
        argv[0] === 'ln'
          ? host.exec(['sh', '-c', 'echo "ln: Operation not permitted" >&2; exit 1'])
          : host.exec(argv, options),
    });
    const { result } = await make();
    expect(result).toMatchObject({ state: 'failed', reason: 'destination_limits' });
    expect(said(result)).toContain('keeps no hard links: ln: Operation not permitted.');
    expect(plain(result.next ?? [])).toContain('remove link_dest');
    expect(readdirSync(lab.path('dst'))).toEqual([]);
    expect(lab.artifacts).toEqual([]);
  });
});
