import { spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
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
import type { PlanPart } from '../../../src/core/model/plan.js';
import type { PartResult } from '../../../src/core/ports/executor.js';
import type { Host } from '../../../src/core/ports/host.js';
import { dockerVolumes } from '../../../src/executors/docker-volumes/executor.js';
import { codes, Lab, said } from '../support/lab.js';
import { put, tool } from '../support/trees.js';

let lab: Lab;
let fields: DockerVolumesFields;

beforeEach(() => {
  lab = new Lab();
  mkdirSync(lab.path('src'));
  mkdirSync(lab.path('dst'));
  fields = {
    source: lab.path('src'),
    destination: lab.path('dst'),
    exclude: [],
    options: [],
    mirror: false,
    max_delete: 1000,
    require_mount: false,
    password_secret: null,
  };
});
afterEach(() => lab.clean());

function planned(changed: Partial<DockerVolumesFields> = {}) {
  return lab.plan(dockerVolumes, { ...fields, ...changed });
}

/** What the plan says that it deletes, relative to the destination. */
function deletions({ effects }: Pick<PlanPart, 'effects'>): string[] {
  const paths = effects.flatMap((effect) => (effect.kind === 'delete' ? effect.paths : []));
  return paths.map((path) => path.slice(fields.destination.length + 1)).sort();
}

function title(part: Pick<PlanPart, 'steps'>): string {
  return plain(part.steps[0]?.title ?? []);
}

/** Regular files and symlinks at the destination, counted by walking it. */
function countThere(): number {
  const walk = (folder: string): number =>
    readdirSync(folder, { withFileTypes: true }).reduce(
      (sum, entry) => sum + (entry.isDirectory() ? walk(`${folder}/${entry.name}`) : 1),
      0,
    );
  return walk(fields.destination);
}

/** After the command whose argv the test likes, something happens to the world. */
function meanwhile(likes: (argv: readonly unknown[]) => boolean, happens: () => void): (host: Host) => Host {
  return (host) => ({
    ...host,
    exec: async (argv, options) => {
      const result = await host.exec(argv, options);
      if (likes(argv)) happens();
      return result;
    },
  });
}

/** What lies at the destination, and what the source has in its place. */
const ROOM: readonly [
  what: string,
  there: (path: string) => void,
  here: (path: string) => void,
  shown: string,
][] = [
  ['a file by a folder', (path) => put(path, 'the only copy'), (path) => put(`${path}/a`, 'a'), 'x'],
  [
    'a symlink to another disk by a folder',
    (path) => symlinkSync('/dev', path),
    (path) => put(`${path}/a`, 'a'),
    'x',
  ],
  ['a file by an empty folder', (path) => put(path, 'the only copy'), (path) => mkdirSync(path), 'x'],
  ['an empty folder by a file', (path) => mkdirSync(path), (path) => put(path, 'f'), 'x/'],
  ['an empty folder by a symlink', (path) => mkdirSync(path), (path) => symlinkSync('y', path), 'x/'],
  ['a symlink by a file', (path) => symlinkSync('/etc/hostname', path), (path) => put(path, 'f'), 'x'],
  ['a file by a symlink', (path) => put(path, 'the only copy'), (path) => symlinkSync('y', path), 'x'],
  ['a pipe by a file', (path) => void spawnSync('mkfifo', [path]), (path) => put(path, 'f'), 'x'],
  ['a file by a pipe', (path) => put(path, 'the only copy'), (path) => void spawnSync('mkfifo', [path]), 'x'],
];

describe('what rsync replaces to make room', () => {
  beforeEach(() => {
    put(lab.path('src', 'sub', 'same'), 'same');
    mkdirSync(lab.path('dst', 'sub'));
  });

  test.each(ROOM)('%s: blocked without --delete', async (_, there, here) => {
    there(lab.path('dst', 'sub', 'x'));
    here(lab.path('src', 'sub', 'x'));
    const part = await planned();
    expect(codes(part.blockers)).toEqual(['in_the_way']);
    expect(plain(part.blockers[0]?.message ?? [])).toMatch(/1 file or folder at .* would be deleted: sub\/x/);
    expect(plain(part.blockers[0]?.remedy ?? [])).toMatch(/Remove or rename it there, or add `--delete`/);
  });

  test.each(ROOM)('%s: a deletion like any other with it', async (_, there, here, shown) => {
    there(lab.path('dst', 'sub', 'x'));
    here(lab.path('src', 'sub', 'x'));
    put(lab.path('dst', 'sub', 'old'), 'x');
    const before = lstatSync(lab.path('src', 'sub', 'x'));
    const part = await planned({ mirror: true });
    expect(codes(part.blockers)).toEqual([]);
    expect(deletions(part)).toEqual(['sub/old', `sub/${shown}`]);
    expect(codes((await planned({ mirror: true, max_delete: 1 })).blockers)).toEqual(['delete_limit']);
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(said(result)).toMatch(/(2 files|1 file and 1 folder) deleted, as shown\./);
    expect(lstatSync(lab.path('dst', 'sub', 'x')).mode).toBe(before.mode);
    expect(existsSync(lab.path('dst', 'sub', 'old'))).toBe(false);
  });

  test('a folder with files is blocked without --delete, and so is one that excluded files hold', async () => {
    put(lab.path('dst', 'sub', 'x', 'deep', 'precious.tmp'), 'x');
    put(lab.path('src', 'sub', 'x'), 'f');
    expect(codes((await planned()).blockers)).toEqual(['in_the_way']);
    const kept = await planned({ mirror: true, exclude: ['*.tmp'] });
    expect(codes(kept.blockers)).toEqual(['in_the_way']);
    expect(plain(kept.blockers[0]?.remedy ?? [])).toBe('Move it away, then try again.');
    expect(deletions(await planned({ mirror: true }))).toEqual([
      'sub/x/',
      'sub/x/deep/',
      'sub/x/deep/precious.tmp',
    ]);
  });

  test('what has gone meanwhile is not counted', async () => {
    put(lab.path('dst', 'sub', 'x'), 'the only copy');
    put(lab.path('src', 'sub', 'x', 'a'), 'a');
    put(lab.path('dst', 'old'), 'x');
    const part = await planned({ mirror: true });
    unlinkSync(lab.path('dst', 'old'));
    expect(said(await dockerVolumes.run(part, lab.runContext()))).toContain('1 of 2 shown deletions made.');
  });
});

describe('new, overwritten and newer there', () => {
  test('are separate numbers, with a warning', async () => {
    for (const name of ['f1', 'f2', 'f3', 'report', 'older', 'same'])
      put(lab.path('src', name), `old ${name}`);
    for (const name of readdirSync(fields.source))
      utimesSync(lab.path('src', name), 1_500_000_000, 1_500_000_000);
    put(lab.path('dst', 'report'), 'of today, and longer');
    put(lab.path('dst', 'older'), 'of 1970');
    utimesSync(lab.path('dst', 'older'), 1, 1);
    put(lab.path('dst', 'same'), 'old same');
    utimesSync(lab.path('dst', 'same'), 1_500_000_000, 1_500_000_000);
    const part = await planned();
    expect(part.blockers).toEqual([]);
    expect(title(part)).toContain('(5 of 6 files: 3 new, 2 overwritten (1 newer there))');
    expect(codes(part.warnings)).toEqual(['newer_at_destination']);
    expect(plain(part.warnings[0]?.message ?? [])).toMatch(/^1 file at .* is newer .*: report\.$/);
    unlinkSync(lab.path('dst', 'report'));
    expect(codes((await planned()).warnings)).toEqual([]);
  });

  test('a first mirror has only new files', async () => {
    put(lab.path('src', 'a'), 'a');
    symlinkSync('a', lab.path('src', 'l'));
    linkSync(lab.path('src', 'a'), lab.path('src', 'h'));
    expect(title(await planned({ destination: lab.path('dst', 'new') }))).toContain('(3 of 3 files: 3 new)');
  });

  test('a symlink that leads elsewhere is overwritten', async () => {
    symlinkSync('here', lab.path('src', 'l'));
    symlinkSync('there', lab.path('dst', 'l'));
    expect(title(await planned())).toContain('1 overwritten');
    expect(await dockerVolumes.run(await planned(), lab.runContext())).toMatchObject({ state: 'succeeded' });
    expect(readlinkSync(lab.path('dst', 'l'))).toBe('here');
  });
});

describe('the result is counted from what arrived', () => {
  function numbers(result: PartResult): { copied: number; has: string } {
    const [, copied = '0'] = /\((\d+) files?\) copied/.exec(said(result)) ?? [];
    const [, has = ''] = /has (all \d+|\d+ of \d+) files?/.exec(said(result)) ?? [];
    return { copied: Number(copied), has };
  }

  test('when files vanish before they are sent', async () => {
    put(lab.path('src', 'a_big'), Buffer.alloc(9_000_000, 1));
    for (const index of [1, 2, 3, 4, 5]) put(lab.path('src', 'd', `z${index}`), `${index}`);
    const part = await planned({ options: ['--bwlimit=2m'] });
    const result = await dockerVolumes.run(part, {
      ...lab.runContext(),
      progress: ({ done }) => {
        if (done) for (const index of [2, 3, 4]) rmSync(lab.path('src', 'd', `z${index}`), { force: true });
      },
    });
    expect(result).toMatchObject({ state: 'succeeded' });
    expect(countThere()).toBe(3);
    expect(numbers(result)).toEqual({ copied: 3, has: 'all 3' });
    expect(plain(result.warnings[0]?.message ?? [])).toContain('3 files vanished');
    expect(lab.artifacts).toMatchObject([{ files: 3, size: 9_000_002, verified: 'listed' }]);
    expect(lab.remembered).toMatchObject({ files: 3 });
  });

  test('when files come and change after the copy', async () => {
    for (const name of ['a', 'b', 'c']) put(lab.path('src', name), name);
    const part = await planned();
    lab.adapt = meanwhile(
      ([program]) => program === 'sync',
      () => {
        put(lab.path('src', 'b'), 'changed meanwhile');
        put(lab.path('src', 'new'), 'came meanwhile');
      },
    );
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(numbers(result)).toEqual({ copied: 3, has: '2 of 4' });
    expect(codes(result.warnings)).toEqual(['files_changed', 'files_changed']);
    expect(result.warnings.map(({ message }) => plain(message)).join(' ')).toMatch(
      /may be damaged: b\. .*: new\./,
    );
    expect(lab.artifacts).toMatchObject([{ files: 2, size: 2, verified: 'none' }]);
  });

  test('when what was copied is spoilt or gone there before the check: it failed, and each is named', async () => {
    for (const name of ['a', 'b', 'c']) put(lab.path('src', name), name.repeat(5000));
    const part = await planned();
    lab.adapt = meanwhile(
      ([program]) => program === 'sync',
      () => {
        writeFileSync(lab.path('dst', 'a'), 'x');
        unlinkSync(lab.path('dst', 'b'));
      },
    );
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'check_failed' });
    expect(said(result)).toContain(`1 file at ${fields.destination} is not what was copied there: a.`);
    expect(said(result)).toContain(`1 file is gone from ${fields.destination} after being copied there: b.`);
    expect(lab.artifacts.at(-1)).toMatchObject({ verified: 'none' });
  });

  test('when the source is empty in the end, the run fails', async () => {
    for (const name of ['a', 'b']) put(lab.path('src', name), name);
    const part = await planned();
    lab.adapt = meanwhile(
      ([program]) => program === 'sync',
      () => {
        for (const name of ['a', 'b']) unlinkSync(lab.path('src', name));
      },
    );
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'source_empty' });
    expect(lab.artifacts).toMatchObject([{ verified: 'none' }]);
    expect(lab.remembered).toBeNull();
  });

  test('when there is nothing to do', async () => {
    for (const name of ['a', 'b']) put(lab.path('src', name), name);
    await dockerVolumes.run(await planned(), lab.runContext());
    const again = await dockerVolumes.run(await planned(), lab.runContext());
    expect(numbers(again)).toEqual({ copied: 0, has: 'all 2' });
    expect(lab.artifacts.at(-1)).toMatchObject({ files: 2, size: 2, verified: 'listed' });
  });

  test('what was not finished is counted as far as it came', async () => {
    for (const name of ['a', 'b', 'c']) put(lab.path('src', name), name);
    put(lab.path('dst', 'sub', 'blocked'), 'x');
    const part = await planned();
    lab.adapt = (host) => ({
      ...host,
      exec: (argv, options) => host.exec(argv[0] === 'sync' ? ['false'] : argv, options),
    });
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(result.state).toBe('failed');
    expect(lab.artifacts).toMatchObject([{ files: 3, size: 3, verified: 'none' }]);
  });
});

describe('deletions by the list', () => {
  test('leave alone what is reached through a symlink, whatever the version of rsync', async () => {
    for (const name of ['sub/z', 'gone/y', 'gone/deep/x', 'a', 'b', 'c']) put(lab.path('src', name), name);
    await dockerVolumes.run(await planned(), lab.runContext());
    unlinkSync(lab.path('src', 'sub', 'z'));
    rmSync(lab.path('src', 'gone'), { recursive: true });
    const part = await planned({ mirror: true });
    expect(deletions(part)).toHaveLength(5);
    // An rsync of before 3.5, which follows links on the way: what it is not told it can't delete.
    const told: string[] = [];
    lab.adapt = (host) => ({
      ...host,
      exec: (argv, options) => {
        if (argv.includes('--delete-missing-args'))
          told.push(Buffer.from(options?.stdin ?? '').toString('utf8'));
        return host.exec(argv, options);
      },
    });
    for (const folder of ['sub', 'gone/deep']) {
      rmSync(lab.path('dst', folder), { recursive: true });
      mkdirSync(lab.path('elsewhere', folder), { recursive: true });
      symlinkSync(lab.path('elsewhere', folder), lab.path('dst', folder));
    }
    put(lab.path('elsewhere', 'sub', 'z'), 'precious');
    put(lab.path('elsewhere', 'gone', 'deep', 'x'), 'precious');
    // The copy makes a folder of it again, so that it is put back after that.
    lab.adapt = (
      (adapt) => (host: Host) =>
        meanwhile(
          ([program]) => program === 'sync',
          () => {
            rmSync(lab.path('dst', 'sub'), { recursive: true });
            symlinkSync(lab.path('elsewhere', 'sub'), lab.path('dst', 'sub'));
          },
        )(adapt(host))
    )(lab.adapt);
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(readFileSync(lab.path('elsewhere', 'sub', 'z'), 'utf8')).toBe('precious');
    expect(readFileSync(lab.path('elsewhere', 'gone', 'deep', 'x'), 'utf8')).toBe('precious');
    expect(existsSync(lab.path('dst', 'gone', 'y'))).toBe(false);
    expect(told.join('').split('\0')).not.toContain('sub/z');
    expect(told.join('').split('\0')).not.toContain('gone/deep/x');
    expect(said(result)).toMatch(/of 5 shown deletions made/);
  });

  test('take their time by the number, and count', async () => {
    const COUNT = 6000;
    put(lab.path('src', 'd', 'keep'), 'k');
    mkdirSync(lab.path('dst', 'd'));
    for (let index = 0; index < COUNT; index += 1) writeFileSync(lab.path('dst', 'd', `f${index}`), '');
    const part = await planned({ mirror: true, max_delete: COUNT });
    const calls: string[][] = [];
    lab.adapt = (host) => ({
      ...host,
      exec: (argv, options) => {
        calls.push(argv.map(String));
        // One filter rule for each path is compared with each path.
        expect(Buffer.from(options?.stdin ?? '').toString('latin1')).not.toMatch(/(^|\0)R \//);
        return host.exec(argv, options);
      },
    });
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(said(result)).toContain('6,000 files deleted, as shown.');
    expect(readdirSync(lab.path('dst', 'd'))).toEqual(['keep']);
    const last = lab.progress.at(-1);
    expect(last).toMatchObject({ done: COUNT, total: COUNT, unit: 'files' });
    expect(calls.filter(([program]) => program === 'rsync').length).toBeLessThan(7);
  });

  test('that can’t be made fail the run', async () => {
    put(lab.path('src', 'keep'), 'k');
    put(lab.path('dst', 'stuck'), 'x');
    const part = await planned({ mirror: true });
    tool('chattr', '+i', lab.path('dst', 'stuck'));
    try {
      const result = await dockerVolumes.run(part, lab.runContext());
      expect(result.state).toBe('failed');
      expect(said(result)).toContain('Nothing was deleted.');
    } finally {
      tool('chattr', '-i', lab.path('dst', 'stuck'));
    }
  });
});

describe('a copy whose tool is killed before it said what it did', () => {
  /** rsync does all of its work, nobody hears of it, and it ends like one that was killed. */
  function silenced(then: () => void = () => {}): (host: Host) => Host {
    return (host) => ({
      ...host,
      exec: async (argv, options) => {
        if (argv[0] !== 'rsync' || argv.includes('--dry-run')) return host.exec(argv, options);
        const result = await host.exec(argv, { ...options, onStdout: () => {} });
        then();
        return { ...result, ok: false, exitCode: null, signal: 'SIGKILL', stdout: '' };
      },
    });
  }

  async function ended(then?: () => void): Promise<PartResult> {
    const part = await planned({ mirror: true });
    expect(codes(part.blockers)).toEqual([]);
    lab.adapt = silenced(then);
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(result.state).toBe('failed');
    return result;
  }

  test.each<[string, string, () => void]>([
    [
      'a file by a folder',
      '1 file had been deleted',
      () => {
        put(lab.path('dst', 'notes'), 'the only copy');
        put(lab.path('src', 'notes', 'a.txt'), 'a');
      },
    ],
    [
      'a folder by a file, which had not come to the folder itself, with a name that is no UTF-8',
      '1 file had been deleted',
      () => {
        put(lab.path('dst', 'was', 'b.txt'), 'the only copy');
        put(lab.path('src', 'was'), 'a file');
        put(lab.path('src', 'd', 'odd'), 'x');
        renameSync(
          Buffer.from(lab.path('src', 'd', 'odd')),
          Buffer.from(`${lab.path('src', 'd')}/\xff`, 'latin1'),
        );
      },
    ],
    [
      'an empty folder by a file',
      '1 folder had been deleted',
      () => {
        mkdirSync(lab.path('dst', 'was'));
        put(lab.path('src', 'was'), 'a file');
      },
    ],
    [
      'a symlink by a file',
      '1 file had been deleted',
      () => {
        symlinkSync('elsewhere', lab.path('dst', 'link'));
        put(lab.path('src', 'link'), 'a file');
      },
    ],
  ])('counts %s from the destination', async (_what, expected, make) => {
    put(lab.path('src', 'keep'), 'k');
    put(lab.path('dst', 'old'), 'not in the source');
    make();
    const result = await ended();
    expect(said(result)).toContain(`${expected}, all from the list that was shown.`);
    expect(existsSync(lab.path('dst', 'old'))).toBe(true);
  });

  test('says that nothing was deleted where all of it is there', async () => {
    put(lab.path('src', 'keep'), 'k');
    put(lab.path('dst', 'old'), 'not in the source');
    expect(said(await ended())).toContain('Nothing was deleted.');
  });

  test('says what it can’t know where the destination is away', async () => {
    put(lab.path('src', 'keep'), 'k');
    put(lab.path('dst', 'notes'), 'the only copy');
    put(lab.path('src', 'notes', 'a.txt'), 'a');
    const result = await ended(() => renameSync(lab.path('dst'), lab.path('away')));
    expect(said(result)).toContain('Some of the deletions that were shown may have been made');
    expect(said(result)).not.toContain('Nothing was deleted');
  });
});

test('many small files are counted as files while they are copied', async () => {
  for (let index = 0; index < 400; index += 1) put(lab.path('src', `f${index}`), 'x');
  await dockerVolumes.run(await planned(), lab.runContext());
  expect(lab.progress.at(-1)).toMatchObject({ done: 400, total: 400, unit: 'files' });
});
