import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Artifact } from '../../../src/core/model/artifact.js';
import type { FilesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { PlanPart } from '../../../src/core/model/plan.js';
import { files } from '../../../src/executors/files/executor.js';
import { retention } from '../../../src/executors/files/retention.js';
import { codes, Lab, said } from '../support/lab.js';
import { plant } from '../support/trees.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const DAY = 86_400_000;

function archive(daysOld: number, verified = true): Artifact {
  return {
    runId: 'r-old1',
    intent: 'photos',
    path: `/dst/photos_${daysOld}`,
    kind: 'archive',
    size: 1,
    sha256: 'x',
    files: 1,
    createdAt: new Date(NOW.getTime() - daysOld * DAY).toISOString(),
    verified: verified ? 'read' : 'none',
    deletedAt: null,
    origin: null,
  };
}

function expired(artifacts: Artifact[], days: number | null, minKeep: number): string[] {
  const rules = { days, minKeep, level: 'read', now: NOW } as const;
  return retention(artifacts, rules).expired.map(({ path }) => path.replace('/dst/photos_', ''));
}

describe('retention', () => {
  test.each([
    ['deletes what is older than that', [40, 33, 32, 30, 5, 1], 30, 3, ['40', '33', '32']],
    ['keeps everything without a limit', [400, 1], null, 1, []],
    ['counts from the newest archive, so a long pause deletes nothing', [90, 80, 70, 61], 30, 1, []],
    ['keeps min_keep, the new one counted', [400, 300, 200, 100], 1, 3, ['400', '300']],
    ['never deletes the last verified one', [400, 300], 1, 0, ['400']],
    ['keeps all while one is dated in the future', [-1000, 400, 40, 35, 34], 10, 1, []],
    ['deletes nothing for a leap of the clock', [4104, 4103, 4102, 4101, 0], 30, 3, []],
    ['deletes nothing for one that lasted for nights', [4104, 4103, 4102, 4101, 3, 2, 1, 0], 30, 3, []],
    [
      'deletes after a leap what is too old beside it',
      [4134, 4120, 4102, 4101, 9, 8, 7, 6, 5, 4, 3, 2, 1],
      30,
      3,
      ['4134', '4120'],
    ],
    [
      'knows the usual time of weeks',
      [400, 393, 386, 379, 372, 300, 293, 286],
      30,
      3,
      ['400', '393', '386', '379', '372'],
    ],
    ['of nothing is nothing', [], 1, 1, []],
  ])('%s', (_name, ages, days, minKeep, deleted) => {
    expect(
      expired(
        ages.map((age) => archive(age)),
        days,
        minKeep,
      ),
    ).toEqual(deleted);
  });

  test('neither counts from nor counts on archives that were never verified', () => {
    const ages = [archive(100), archive(90), archive(50), archive(1, false)];
    expect(expired(ages, 45, 1)).toEqual(['100']);
    expect(expired([archive(100), archive(60, false), archive(50, false), archive(1)], 30, 3)).toEqual([
      '60',
      '50',
    ]);
    expect(expired([archive(100, false), archive(1, false)], 30, 1)).toEqual([]);
  });
});

function deleted({ effects }: Pick<PlanPart, 'effects'>): readonly string[] {
  return effects.flatMap((effect) => (effect.kind === 'delete' ? effect.paths : []));
}

describe('old archives', () => {
  let lab: Lab;
  let fields: FilesFields;
  beforeEach(() => {
    lab = new Lab();
    mkdirSync(lab.path('dst'));
    plant(lab.path('src'), 5);
    fields = {
      source: lab.path('src'),
      destination: lab.path('dst'),
      exclude: [],
      compress: 'gzip',
      retention_days: 30,
      min_keep: 2,
      require_mount: false,
    };
    lab.plannedAt = NOW;
    for (const age of [60, 50, 40, 5, 1]) {
      const name = lab.path('dst', `photos_202601${String(age).padStart(2, '0')}_000000.tar.gz`);
      writeFileSync(name, 'x');
      if (age !== 50) writeFileSync(`${name}.manifest.json`, '{}');
      lab.artifacts.push({ ...archive(age), path: name });
    }
  });
  afterEach(() => lab.clean());

  test('are deleted exactly as shown, with their manifests, after the new one is in the catalogue', async () => {
    const part = await lab.plan(files, fields);
    const title = plain(part.steps.at(-1)?.title ?? []);
    expect(title).toMatch(/^Delete 3 old archives: photos_20260160_000000\.tar\.gz \(60 days\), .*3 stay\.$/);
    const effect = part.effects.find(({ kind }) => kind === 'delete');
    const paths = effect?.kind === 'delete' ? effect.paths : [];
    expect(paths).toHaveLength(5);
    // With their manifests, about 8 files belong to the 5 archives.
    expect(effect).toMatchObject({ bytes: 3 * archive(60).size, of: 8 });
    const result = await files.run(part, lab.runContext());
    expect(said(result)).toContain('3 old archives deleted, 3 kept.');
    expect(paths.filter((path) => existsSync(path))).toEqual([]);
    expect(lab.artifacts.filter(({ deletedAt }) => deletedAt === null)).toHaveLength(3);
    expect(lab.journal.map(({ kind }) => kind)).toEqual(['partial', 'finished', 'retention']);
  });

  test('stay when they are gone already, and neither count nor are deleted when they are not as they were', async () => {
    const at = (age: number) => lab.path('dst', `photos_202601${String(age).padStart(2, '0')}_000000.tar.gz`);
    rmSync(at(60));
    writeFileSync(at(50), 'longer');
    rmSync(at(1));
    symlinkSync(at(40), at(1));
    const part = await lab.plan(files, { ...fields, min_keep: 1, retention_days: 10 });
    expect(deleted(part)).toEqual([at(40), `${at(40)}.manifest.json`]);
    writeFileSync(at(5), 'longer');
    expect(deleted(await lab.plan(files, { ...fields, min_keep: 1, retention_days: 10 }))).toEqual([]);
  });

  test('of one origin lie in several folders when parameters say so, and count together', async () => {
    const [first] = lab.artifacts;
    const elsewhere = lab.path('elsewhere', 'photos_20260160_000000.tar.gz');
    if (first) lab.artifacts[0] = { ...first, path: elsewhere };
    mkdirSync(lab.path('elsewhere'));
    writeFileSync(elsewhere, 'x');
    expect(deleted(await lab.plan(files, fields))).toContain(elsewhere);
  });

  test('of another intent are told as theirs, and never deleted', async () => {
    const name = lab.path('dst', 'photos_20250101_000000.tar.gz');
    writeFileSync(name, 'x');
    const before = await lab.plan(files, fields);
    expect(codes(before.warnings)).toEqual(['archives_unknown']);
    lab.others.push({ ...archive(400), path: name, intent: 'old-photos' });
    const part = await lab.plan(files, fields);
    expect(codes(part.warnings)).toEqual(['archives_of_others']);
    expect(plain(part.warnings[0]?.message ?? [])).toMatch(
      /holds 1 archive of another intent too: old-photos\. Left alone\.$/,
    );
    expect(deleted(part)).not.toContain(name);
  });

  test('all stay, and it is said why, while one is dated in the future', async () => {
    const name = lab.path('dst', 'photos_20380101_000000.tar.gz');
    writeFileSync(name, 'x');
    lab.artifacts.push({ ...archive(-4000), path: name });
    const part = await lab.plan(files, fields);
    expect(deleted(part)).toEqual([]);
    expect(codes(part.warnings)).toEqual(['retention_paused']);
    rmSync(name);
    expect(deleted(await lab.plan(files, fields))).toHaveLength(5);
  });
});
