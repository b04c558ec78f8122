import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FilesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import { files } from '../../../src/executors/files/executor.js';
import { archiveName, isArchiveName, readArchiveName } from '../../../src/executors/files/names.js';
import { Lab, said } from '../support/lab.js';
import { plant } from '../support/trees.js';

let lab: Lab;
let fields: FilesFields;

beforeEach(() => {
  lab = new Lab();
  plant(lab.path('src'), 5);
  fields = {
    ...{ source: lab.path('src'), destination: lab.path('dst'), exclude: [], compress: 'gzip' },
    ...{ retention_days: null, min_keep: 3, require_mount: false },
  };
});
afterEach(() => lab.clean());

const NAME = 'photos_20261122_141700';
const there = () => readdirSync(lab.path('dst')).sort();

describe('a name that is taken', () => {
  test.each([
    ['by an archive', `${NAME}.tar.gz`],
    ['by one of another compression', `${NAME}.tar.zst`],
    ['by a partial', `${NAME}.tar.gz.partial`],
    ['by the partial of another compression', `${NAME}.tar.partial`],
    ['by a manifest alone', `${NAME}.tar.gz.manifest.json`],
  ])('%s leads to the next one, which is told', async (_, taken) => {
    const part = await lab.plan(files, fields);
    execFileSync('mkdir', [lab.path('dst')]);
    writeFileSync(lab.path('dst', taken), 'precious');
    const result = await files.run(part, lab.runContext());
    expect(result.state).toBe('succeeded');
    expect(said(result)).toContain(`The name ${NAME}.tar.gz was taken already.`);
    expect(there()).toEqual([taken, `${NAME}-2.tar.gz`, `${NAME}-2.tar.gz.manifest.json`].sort());
    expect(readFileSync(lab.path('dst', taken), 'utf8')).toBe('precious');
    expect(lab.artifacts).toMatchObject([{ path: lab.path('dst', `${NAME}-2.tar.gz`) }]);
    execFileSync('tar', ['-tzf', lab.path('dst', `${NAME}-2.tar.gz`)]);
  });

  test('by two runs at once: each gets one of its own', async () => {
    const part = await lab.plan(files, fields);
    const results = await Promise.all([1, 2, 3].map(() => files.run(part, lab.runContext())));
    expect(results.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    const archives = there().filter((name) => name.endsWith('.tar.gz'));
    expect(archives).toEqual([`${NAME}-2.tar.gz`, `${NAME}-3.tar.gz`, `${NAME}.tar.gz`]);
    for (const name of archives) execFileSync('tar', ['-tzf', lab.path('dst', name)]);
    expect(new Set(lab.artifacts.map(({ path }) => basename(path)))).toEqual(new Set(archives));
  });

  test('while the archive was written: the partial gets the next one, also after a crash right then', async () => {
    const part = await lab.plan(files, fields);
    lab.adapt = (host) => ({
      ...host,
      rename: async (from, to) => {
        if (basename(to) === `${NAME}.tar.gz`) writeFileSync(to, 'precious');
        return host.rename(from, to);
      },
    });
    expect((await files.run(part, lab.runContext())).state).toBe('succeeded');
    const second = lab.path('dst', `${NAME}-2.tar.gz`);
    expect(lab.artifacts).toMatchObject([{ path: second }]);
    unlinkSync(`${second}.manifest.json`);
    lab.artifacts.length = 0;
    const report = await files.recover(part, lab.journal, lab.runContext());
    expect(report.summary.map(plain).join(' ')).toContain(`${second} was complete and checked; it is kept.`);
    expect(lab.artifacts).toMatchObject([{ path: second, size: readFileSync(second).length }]);
    expect(readFileSync(lab.path('dst', `${NAME}.tar.gz`), 'utf8')).toBe('precious');
  });

  test('a crash while the second was written removes its own partial and nobody else’s', async () => {
    const part = await lab.plan(files, fields);
    await files.run(part, lab.runContext());
    lab.journal.length = 0;
    await files.run(part, lab.runContext());
    const own = lab.path('dst', `${NAME}-2.tar.gz`);
    renameSync(own, `${own}.partial`);
    writeFileSync(lab.path('dst', `${NAME}.tar.gz.partial`), 'of another');
    const begun = lab.journal.filter(({ kind }) => kind === 'partial');
    await files.recover(part, begun, lab.runContext());
    expect(there()).toContain(`${NAME}.tar.gz.partial`);
    expect(there()).not.toContain(`${NAME}-2.tar.gz.partial`);
    expect(there()).toContain(`${NAME}.tar.gz`);
  });
});

test('what parameters decide is in the name, and names are read back', async () => {
  lab.label = 'winter';
  const part = await lab.plan(files, fields);
  expect(basename(part.data.archive)).toBe('photos_winter_20261122_141700.tar.gz');
  const at = new Date('2026-11-22T14:17:00Z');
  for (const [name, prefix] of [
    ['photos_20261122_141700.tar.gz', 'photos'],
    ['photos_winter_20261122_141700-12.tar.zst', 'photos_winter'],
    [archiveName('plex_db_backup', at, 'none', 'a+b-1'), 'plex_db_backup'],
    ['my_20200101_000000_20261122_141700.tar', 'my_20200101_000000'],
  ] as const) {
    expect(readArchiveName(name)).toEqual({ prefix, at });
  }
  expect(isArchiveName('photos', 'photos_winter_20261122_141700-2.tar.gz')).toBe(true);
  for (const name of ['photos.tar.gz', 'photos_20261322_141700.tar.gz', 'x_20261122_141700.zip'])
    expect(readArchiveName(name)).toBeNull();
});
