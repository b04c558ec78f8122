import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Artifact } from '../../../src/core/artifact.js';
import type { FilesFields } from '../../../src/core/intent/fields.js';
import { plain } from '../../../src/core/phrase.js';
import { files } from '../../../src/executors/files/executor.js';
import { retention } from '../../../src/executors/files/retention.js';
import { Lab, said } from '../support/lab.js';
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
  };
}

function expired(artifacts: Artifact[], days: number | null, minKeep: number): string[] {
  return retention(artifacts, days, minKeep, NOW).expired.map(({ path }) => path.replace('/dst/photos_', ''));
}

describe('retention', () => {
  test.each([
    ['deletes what is older than that', [40, 33, 32, 30, 5, 1], 30, 3, ['40', '33', '32']],
    ['keeps everything without a limit', [400, 1], null, 1, []],
    ['counts from the newest archive, so a long pause deletes nothing', [90, 80, 70, 61], 30, 1, []],
    ['keeps min_keep, the new one counted', [400, 300, 200, 100], 1, 3, ['400', '300']],
    ['never deletes the last verified one', [400, 300], 1, 0, ['400']],
    ['is not misled by dates in the future', [-1000, 40, 35, 34], 10, 1, []],
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

  test('stay when they lie elsewhere, or are gone already', async () => {
    const [first] = lab.artifacts;
    if (first) lab.artifacts[0] = { ...first, path: lab.path('elsewhere', 'photos_20260160_000000.tar.gz') };
    mkdirSync(lab.path('elsewhere'));
    writeFileSync(lab.path('elsewhere', 'photos_20260160_000000.tar.gz'), 'x');
    const part = await lab.plan(files, fields);
    expect(JSON.stringify(part.effects)).not.toContain('20260160');
  });
});
