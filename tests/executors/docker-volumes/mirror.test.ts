import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DockerVolumesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import { deletionsOf, type Plan } from '../../../src/core/model/plan.js';
import { compareStep } from '../../../src/core/planning/compare-step.js';
import { dockerVolumes } from '../../../src/executors/docker-volumes/executor.js';
import { codes, Lab, said } from '../support/lab.js';
import { HOSTILE_NAMES, INVALID_UTF8, plant, put, putBytes, tool } from '../support/trees.js';

let lab: Lab;
let fields: DockerVolumesFields;

beforeEach(() => {
  lab = new Lab();
  mkdirSync(lab.path('dst'));
  fields = {
    source: lab.path('src'),
    destination: lab.path('dst'),
    exclude: [],
    options: [],
    mirror: true,
    max_delete: 1000,
    require_mount: false,
    password_secret: null,
  };
});
afterEach(() => lab.clean());

async function mirror(changed: Partial<DockerVolumesFields> = {}) {
  const part = await lab.plan(dockerVolumes, { ...fields, ...changed });
  expect(codes(part.blockers)).toEqual([]);
  return dockerVolumes.run(part, lab.runContext());
}

/** What a comparison of every byte still finds different. */
function differences(...options: string[]): string {
  return tool('rsync', '-anc', '-i', '--delete', ...options, `${lab.path('src')}/`, `${lab.path('dst')}/`);
}

function shown(part: { readonly effects: Plan['parts'][number]['effects'] }): string[] {
  const plan = { parts: [part] } as unknown as Plan;
  return deletionsOf(plan).map((path) => path.slice(fields.destination.length + 1));
}

/** Enough for several folders that change, and one that goes. */
const FILES = Number(process.env.CHATOPS_TEST_FILES ?? 3000);

describe(`${FILES} files`, () => {
  test('are mirrored, then changes and deletions, exactly as planned', async () => {
    const bytes = plant(fields.source, FILES);
    const first = await lab.plan(dockerVolumes, fields);
    expect(first.effects).toEqual([
      { kind: 'write', target: fields.destination, bytes, files: FILES, estimate: false },
    ]);
    expect(readdirSync(fields.destination)).toEqual([]);
    expect(await dockerVolumes.run(first, lab.runContext())).toMatchObject({
      state: 'succeeded',
      warnings: [],
    });
    expect(differences()).toBe('');
    expect(lab.artifacts).toMatchObject([{ kind: 'mirror', files: FILES, verified: 'listed', sha256: null }]);

    rmSync(lab.path('src', 'd7'), { recursive: true });
    for (let index = 600; index < 650; index += 1) unlinkSync(lab.path('src', 'd3', `f${index}`));
    let changed = 0;
    for (let index = 2000; index < 2100; index += 1) {
      const content = `changed ${index}`;
      writeFileSync(lab.path('src', 'd10', `f${index}`), content);
      changed += content.length;
    }
    put(lab.path('src', 'new', 'file'), 'new');
    const second = await lab.plan(dockerVolumes, fields);
    expect(second.effects[0]).toMatchObject({ bytes: changed + 3, files: 101 });
    expect(shown(second)).toHaveLength(251);
    expect(second.effects[1]).toMatchObject({ of: FILES + 1 });
    const before = names();
    const result = await dockerVolumes.run(second, lab.runContext());
    expect(result).toMatchObject({ state: 'succeeded', warnings: [] });
    expect(said(result)).toContain('250 files and 1 folder deleted, as shown.');
    const after = new Set(names());
    expect(before.filter((name) => !after.has(name)).sort()).toEqual(
      shown(second)
        .map((name) => name.replace(/\/$/, ''))
        .sort(),
    );
    expect(differences()).toBe('');

    const third = await lab.plan(dockerVolumes, fields);
    expect(third.effects[0]).toMatchObject({ bytes: 0, files: 0 });
    expect(plain(third.steps[0]?.title ?? [])).toContain('has the contents of all');
  }, 240_000);
});

function names(): string[] {
  return readdirSync(fields.destination, { recursive: true, encoding: 'utf8' });
}

describe('deletions', () => {
  beforeEach(async () => {
    for (const name of ['a', 'b', 'c', 'keep', 'gone/deep/x', 'gone/y', 'sub/z', 'sub/stays']) {
      put(lab.path('src', name), name);
    }
    await mirror();
  });

  test('are exactly the shown ones when files come and go between plan and run', async () => {
    unlinkSync(lab.path('src', 'a'));
    rmSync(lab.path('src', 'gone'), { recursive: true });
    unlinkSync(lab.path('src', 'sub', 'z'));
    const part = await lab.plan(dockerVolumes, fields);
    expect(shown(part).sort()).toEqual(['a', 'gone/', 'gone/deep/', 'gone/deep/x', 'gone/y', 'sub/z']);

    put(lab.path('src', 'a'), 'came back');
    unlinkSync(lab.path('src', 'b'));
    put(lab.path('dst', 'gone', 'deep', 'put there meanwhile'), 'precious');
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(result.state).toBe('succeeded');
    expect(said(result)).toContain('3 of 6 shown deletions made.');
    expect(names().sort()).toEqual(
      [
        'a',
        'b',
        'c',
        'gone',
        'gone/deep',
        'gone/deep/put there meanwhile',
        'keep',
        'sub',
        'sub/stays',
      ].sort(),
    );
    expect(readFileSync(lab.path('dst', 'a'), 'utf8')).toBe('came back');
  });

  test('are no other plan when some are gone already or back in the source, and are one when more came', async () => {
    unlinkSync(lab.path('src', 'a'));
    rmSync(lab.path('src', 'gone'), { recursive: true });
    put(lab.path('src', 'gone'), 'a file now');
    const before = await lab.plan(dockerVolumes, fields);
    const now = async () => compareStep([before], [await lab.plan(dockerVolumes, fields)], false).is;
    unlinkSync(lab.path('dst', 'a'));
    expect(await now()).toBe('same');
    rmSync(lab.path('dst', 'gone'), { recursive: true });
    expect(await now()).toBe('same');
    unlinkSync(lab.path('src', 'b'));
    expect(await now()).toBe('changed');
  });

  test('leave an emptied folder alone when its deletion was not shown', async () => {
    unlinkSync(lab.path('src', 'sub', 'z'));
    const part = await lab.plan(dockerVolumes, fields);
    rmSync(lab.path('src', 'sub'), { recursive: true });
    await dockerVolumes.run(part, lab.runContext());
    expect(existsSync(lab.path('dst', 'sub', 'stays'))).toBe(true);
  });

  test('keep what is excluded, and still delete what is gone beside it', async () => {
    put(lab.path('dst', 'gone', 'local.tmp'), 'mine');
    rmSync(lab.path('src', 'gone'), { recursive: true });
    expect((await mirror({ exclude: ['*.tmp'] })).state).toBe('succeeded');
    expect(names().filter((name) => name.startsWith('gone'))).toEqual(['gone', 'gone/local.tmp']);
  });

  test('leave the folders with the times of the source', async () => {
    unlinkSync(lab.path('src', 'sub', 'z'));
    rmSync(lab.path('src', 'gone'), { recursive: true });
    for (const folder of ['', 'sub']) utimesSync(lab.path('src', folder), 1_500_000_000, 1_500_000_000);
    await mirror();
    expect(differences()).toBe('');
  });

  test('are never made without --delete', async () => {
    unlinkSync(lab.path('src', 'a'));
    const part = await lab.plan(dockerVolumes, { ...fields, mirror: false });
    expect(shown(part)).toEqual([]);
    expect(part.steps).toHaveLength(3);
    await dockerVolumes.run(part, lab.runContext());
    expect(existsSync(lab.path('dst', 'a'))).toBe(true);
  });

  test('over the limit block the plan, with the number to set', async () => {
    unlinkSync(lab.path('src', 'a'));
    unlinkSync(lab.path('src', 'b'));
    const part = await lab.plan(dockerVolumes, { ...fields, max_delete: 1 });
    expect(codes(part.blockers)).toEqual(['delete_limit']);
    expect(plain(part.blockers[0]?.remedy ?? [])).toContain('max_delete: 2');
  });

  test('make room where a file took the place of a folder, and nothing more', async () => {
    rmSync(lab.path('src', 'gone'), { recursive: true });
    put(lab.path('src', 'gone'), 'a file now');
    unlinkSync(lab.path('src', 'a'));
    const part = await lab.plan(dockerVolumes, fields);
    expect(shown(part).sort()).toEqual(['a', 'gone/', 'gone/deep/', 'gone/deep/x', 'gone/y']);
    expect(plain(part.steps[0]?.title ?? [])).toContain('Delete 2 files and 2 folders there');
    unlinkSync(lab.path('src', 'b'));
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(said(result)).toContain('3 files and 2 folders deleted, as shown.');
    expect(names().sort()).toEqual(['b', 'c', 'gone', 'keep', 'sub', 'sub/stays', 'sub/z']);
  });

  test('do not leave the destination through a symlink', async () => {
    unlinkSync(lab.path('src', 'sub', 'z'));
    const part = await lab.plan(dockerVolumes, fields);
    renameSync(lab.path('dst', 'sub'), lab.path('elsewhere'));
    symlinkSync('../elsewhere', lab.path('dst', 'sub'));
    await dockerVolumes.run(part, lab.runContext());
    expect(existsSync(lab.path('elsewhere', 'z'))).toBe(true);
  });
});

/** Names that patterns made of the hostile ones would match if they were not quoted. */
const NEAR = ['xyz', '[a]b', 'a', 'b?', 'backZslash'];

describe('hostile file names', () => {
  test('are copied, listed and deleted to the byte', async () => {
    const all = [...HOSTILE_NAMES, ...INVALID_UTF8];
    for (const name of all) {
      putBytes(lab.path('src'), name, 'x');
      putBytes(lab.path('src', 'gone'), name, 'x');
    }
    for (const near of NEAR) put(lab.path('src', 'gone', near), 'x');
    put(lab.path('src', 'keep'), 'x');
    await mirror();
    expect(differences()).toBe('');

    for (const name of all) {
      unlinkSync(Buffer.concat([Buffer.from(`${lab.path('src')}/`), name]));
      unlinkSync(Buffer.concat([Buffer.from(`${lab.path('src', 'gone')}/`), name]));
    }
    const part = await lab.plan(dockerVolumes, { ...fields, min_files: 1 });
    expect(codes(part.blockers)).toEqual([]);
    expect(shown(part)).toHaveLength(all.length * 2);
    expect(shown(part)).toContain('new\nline');
    expect(shown(part)).toContain('ünï çødé 🎬');
    for (const near of NEAR) unlinkSync(lab.path('src', 'gone', near));
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(said(result)).toMatch(/\d+ files deleted, as shown/);
    expect(names().sort()).toEqual([
      'gone',
      'gone/[a]b',
      'gone/a',
      'gone/b?',
      'gone/backZslash',
      'gone/xyz',
      'keep',
    ]);
  });
});
