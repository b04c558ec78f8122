import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FilesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import { files } from '../../../src/executors/files/executor.js';
import { codes, Lab, said } from '../support/lab.js';
import { HOSTILE_NAMES, INVALID_UTF8, plant, put, putBytes, tool } from '../support/trees.js';

let lab: Lab;
let fields: FilesFields;

beforeEach(() => {
  lab = new Lab();
  mkdirSync(lab.path('dst'));
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

const NAME = 'photos_20261122_141700';

describe('an archive', () => {
  test.each([
    ['gzip', '.tar.gz'],
    ['zstd', '.tar.zst'],
    ['none', '.tar'],
  ] as const)('packed with %s restores to exactly the source', async (compress, ending) => {
    plant(fields.source, 300);
    for (const name of [...HOSTILE_NAMES, ...INVALID_UTF8]) putBytes(lab.path('src', 'hostile'), name, 'x');
    symlinkSync('../nowhere', lab.path('src', 'link'));
    mkdirSync(lab.path('src', 'empty folder'));
    const part = await lab.plan(files, { ...fields, compress });
    expect(codes(part.blockers)).toEqual([]);
    const result = await files.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'succeeded', reason: 'done', warnings: [] });

    const archive = lab.path('dst', `${NAME}${ending}`);
    expect(readdirSync(lab.path('dst')).sort()).toEqual([
      `${NAME}${ending}`,
      `${NAME}${ending}.manifest.json`,
    ]);
    mkdirSync(lab.path('restored'));
    tool('tar', '--extract', `--file=${archive}`, `--directory=${lab.path('restored')}`);
    expect(tool('diff', '-r', '--no-dereference', fields.source, lab.path('restored'))).toBe('');

    const count = 300 + HOSTILE_NAMES.length + INVALID_UTF8.length + 1;
    const manifest = JSON.parse(readFileSync(`${archive}.manifest.json`, 'utf8'));
    const sha256 = tool('sha256sum', archive).slice(0, 64);
    expect(manifest).toMatchObject({ intent: 'photos', run: 'r-test', sha256, files: count });
    expect(lab.artifacts).toMatchObject([
      {
        path: archive,
        kind: 'archive',
        sha256,
        files: count,
        size: statSync(archive).size,
        verified: 'read',
      },
    ]);
    expect(statSync(archive).mode & 0o777).toBe(0o600);
  });

  test('of one file restores to that file', async () => {
    put(lab.path('src', '-a.db'), 'content');
    const part = await lab.plan(files, { ...fields, source: lab.path('src', '-a.db') });
    expect(part.effects).toEqual([
      {
        kind: 'write',
        target: lab.path('dst', `${NAME}.tar.gz`),
        bytes: 7,
        files: 1,
        estimate: false,
      },
    ]);
    await files.run(part, lab.runContext());
    tool('tar', '-xf', lab.path('dst', `${NAME}.tar.gz`), '-C', lab.root);
    expect(readFileSync(lab.path('-a.db'), 'utf8')).toBe('content');
  });

  test('holds exactly what the plan counted, with the same exclusions, for 20,000 files', async () => {
    const bytes = plant(fields.source, 20_000);
    put(lab.path('src', 'cache', 'big'), 'x'.repeat(100_000));
    put(lab.path('src', 'd1', 'a.tmp'), 'x');
    const part = await lab.plan(files, { ...fields, exclude: ['cache/', '*.tmp'] });
    expect(part.effects[0]).toMatchObject({ bytes, files: 20_000 });
    expect(plain(part.steps[0]?.title ?? [])).toContain('(20,000 files)');
    await files.run(part, lab.runContext());
    expect(lab.artifacts[0]?.files).toBe(20_000);
    const names = tool('tar', '-tf', lab.path('dst', `${NAME}.tar.gz`));
    expect(names).not.toMatch(/cache|\.tmp/);
    expect(lab.progress.at(0)).toEqual({ done: 0, total: bytes, unit: 'bytes' });
  });

  test('of a destination that is not there yet creates only its last folder, and only in the run', async () => {
    plant(fields.source, 3);
    const part = await lab.plan(files, { ...fields, destination: lab.path('new') });
    expect(readdirSync(lab.root).sort()).toEqual(['dst', 'src']);
    expect(part.blockers).toEqual([]);
    expect(await files.run(part, lab.runContext())).toMatchObject({ state: 'succeeded' });
    expect(readdirSync(lab.path('new'))).toHaveLength(2);
  });

  test('gives progress in bytes, and keeps it out of the log', async () => {
    put(lab.path('src', 'big'), Buffer.alloc(64 * 1024 * 1024, 'chatops '));
    const part = await lab.plan(files, { ...fields, compress: 'zstd' });
    await files.run(part, lab.runContext());
    const done = lab.progress.map((update) => update.done ?? -1);
    expect(done.length).toBeGreaterThan(3);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(lab.log.join('\n')).not.toContain('wrote:');
  });
});

describe('planning again', () => {
  test('gives the same commands, targets and touches', async () => {
    plant(fields.source, 10);
    const first = await lab.plan(files, fields);
    plant(fields.source, 12);
    const second = await lab.plan(files, fields);
    expect(second.steps.map(({ commands }) => commands)).toEqual(first.steps.map(({ commands }) => commands));
    expect(second.targets).toEqual(first.targets);
    expect(second.touches).toEqual(['stack:media', `path:${fields.destination}`]);
    expect(readdirSync(fields.destination)).toEqual([]);
  });

  test('after a run estimates the archive from the last one', async () => {
    plant(fields.source, 50);
    await files.run(await lab.plan(files, fields), lab.runContext());
    lab.plannedAt = new Date('2026-11-23T14:17:00Z');
    const part = await lab.plan(files, fields);
    const title = plain(part.steps[0]?.title ?? []);
    expect(title).toMatch(/about [\d.]+ (B|KiB), as the last one was packed\.$/);
    expect(said(await files.run(part, lab.runContext()))).toContain('checked, sha256');
  });
});
