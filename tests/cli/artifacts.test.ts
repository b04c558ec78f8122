import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type App, openApp } from '../../src/app.js';
import { loadConfig } from '../../src/config.js';
import type { Artifact } from '../../src/core/model/artifact.js';
import { plain } from '../../src/core/model/phrase.js';
import type { Actor } from '../../src/core/model/request.js';

const ada: Actor = { kind: 'operator', id: 'ada', name: 'ada' };
const ALBUMS = `action: backup
backup_type: files
stack: photos
source: SRC/{{ album }}
destination: DST
retention_days: 2
min_keep: 1
params:
  album: { type: string, example: summer }
`;

let dir: string;
let app: App;
let day = 1;
const at = (...parts: string[]): string => join(dir, ...parts);
const never = new AbortController().signal;

beforeAll(async () => {
  for (const part of ['data', 'plan', 'run', 'recover']) {
    await import(`../../src/executors/files/${part}.js`);
    await import(`../../src/executors/snapshots/${part}.js`);
  }
});
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'chatops-artifacts-'));
  for (const folder of ['intents', 'src/winter', 'src/summer', 'dst'])
    mkdirSync(at(folder), { recursive: true });
  for (const name of ['w1', 'w2', 'w3']) writeFileSync(at('src/winter', name), name);
  for (const name of ['s1', 's2', 's3']) writeFileSync(at('src/summer', name), name);
  write('albums', ALBUMS);
  write('photos', ALBUMS.replace('SRC/{{ album }}', 'SRC/winter').replace(/params:.*/s, ''));
  app = await start();
});
afterEach(async () => {
  await app.close();
  rmSync(dir, { recursive: true });
});

function write(name: string, text: string): void {
  writeFileSync(at('intents', `${name}.yaml`), text.replace('SRC', at('src')).replace('DST', at('dst')));
}

async function start(): Promise<App> {
  const env = {
    ...{ PATH: process.env.PATH ?? '', HOME: dir, LOG_LEVEL: 'silent' },
    ...{ CHATOPS_DATA_DIR: at('data'), CHATOPS_INTENTS_DIR: at('intents') },
  };
  const loaded = loadConfig(env, { cwd: dir, shippedIntents: at('intents'), needsDiscord: false });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const adapt = <Deps>(deps: Deps): Deps => ({ ...deps, now: () => new Date(Date.UTC(2026, 8, day, 2)) });
  return openApp(loaded.config, env, { watch: false, adapt });
}

async function again(): Promise<void> {
  await app.close();
  app = await start();
}

/** Runs an intent at 2 o'clock of a day of September; gives what its plan warned of and blocked. */
async function backup(intent: string, on: number, params: Record<string, string> = {}): Promise<string[]> {
  day = on;
  const request = { intent, params, actor: ada, source: 'cli', dryRun: false } as const;
  const admission = await app.pipeline.admit(request);
  if (!admission.ok) throw new Error(plain(admission.notice.message));
  const run = await app.pipeline.prepare(admission.ticket);
  const codes = run.plan.parts
    .flatMap(({ warnings, blockers }) => [...warnings, ...blockers])
    .map(({ code }) => code);
  if (run.state !== 'awaiting') return codes;
  const decision = await app.pipeline.decide(run.id, ada, 'confirm');
  if (!decision.ok) throw new Error(plain(decision.notice.message));
  const done = await decision.done;
  expect((done.outcome?.summary ?? []).map(plain).join(' ')).toContain('checked');
  expect(done.state).toBe('succeeded');
  return codes;
}

const there = (): string[] => readdirSync(at('dst')).filter((name) => name.endsWith('.gz'));
const insideOf = (name: string): string[] =>
  execFileSync('tar', ['-tzf', at('dst', name)], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => /\w/.test(line))
    .sort();

async function adopt(...paths: string[]): Promise<readonly Artifact[]> {
  const { adopt: found, refused } = await app.artifacts.look(paths, never);
  expect(refused.map(({ path, why }) => [path, plain(why)])).toEqual([]);
  await app.artifacts.adopt(found, ada, 'cli');
  return found;
}

describe('memory belongs to what was backed up', () => {
  test('one album’s archives are never too old for another’s, and the names tell which is which', async () => {
    await backup('albums', 1, { album: 'winter' });
    for (const on of [11, 12, 13]) await backup('albums', on, { album: 'summer' });
    const winter = there().filter((name) => name.startsWith('albums_winter_'));
    expect(winter).toHaveLength(1);
    expect(insideOf(winter[0] ?? '')).toEqual(['./w1', './w2', './w3']);
    for (let more = 0; more < 100; more += 1) writeFileSync(at('src/summer', `x${more}`), 'x');
    await backup('albums', 14, { album: 'summer' });
    expect(await backup('albums', 15, { album: 'winter' })).toEqual([]);
  });

  test('an intent with another name goes on with its archives', async () => {
    for (const on of [1, 2]) await backup('photos', on);
    renameSync(at('intents/photos.yaml'), at('intents/pictures.yaml'));
    await again();
    expect(await backup('pictures', 10)).toEqual([]);
    await backup('pictures', 20);
    expect(there()).toEqual(['pictures_20260910_020000.tar.gz', 'pictures_20260920_020000.tar.gz']);
    const listed = await app.artifacts.list('pictures');
    expect(listed.map(({ intent, deletedAt }) => [intent, deletedAt !== null])).toEqual([
      ['photos', true],
      ['photos', true],
      ['pictures', false],
      ['pictures', false],
    ]);
  });
});

describe('adopting', () => {
  test('after the data directory was lost: by the manifests, and retention goes on', async () => {
    for (const on of [1, 2]) await backup('photos', on);
    await app.close();
    rmSync(at('data'), { recursive: true });
    app = await start();
    expect(await backup('photos', 3)).toEqual(['archives_unknown']);
    const found = await adopt(at('dst'));
    expect(found.map(({ intent, verified, files }) => [intent, verified, files])).toEqual([
      ['photos', 'read', 3],
      ['photos', 'read', 3],
    ]);
    expect((await app.artifacts.look([at('dst')], never)).known).toHaveLength(3);
    for (const on of [8, 9]) expect(await backup('photos', on)).toEqual([]);
    expect(there()).toEqual(['photos_20260908_020000.tar.gz', 'photos_20260909_020000.tar.gz']);
    const rows = (await app.store.audit.list(50)).filter(({ event }) => event === 'artifact_adopted');
    expect(rows).toHaveLength(2);
  }, 120_000);

  test('without manifests: counted and read, and of the intent whose name and folder it has', async () => {
    for (const on of [1, 2]) await backup('photos', on);
    for (const name of readdirSync(at('dst'))) if (name.endsWith('.json')) rmSync(at('dst', name));
    await app.close();
    rmSync(at('data'), { recursive: true });
    app = await start();
    const found = await adopt(at('dst'));
    expect(
      found.map(({ intent, verified, files, createdAt }) => [intent, verified, files, createdAt]),
    ).toEqual([
      ['photos', 'read', 3, '2026-09-01T02:00:00.000Z'],
      ['photos', 'read', 3, '2026-09-02T02:00:00.000Z'],
    ]);
    for (const on of [8, 9]) await backup('photos', on);
    expect(there()).toEqual(['photos_20260908_020000.tar.gz', 'photos_20260909_020000.tar.gz']);
  });

  test('at another place: the archives are those of the intent that goes there now', async () => {
    await backup('albums', 1, { album: 'winter' });
    renameSync(at('dst'), at('moved'));
    write('albums', ALBUMS.replace('DST', at('moved')));
    await again();
    const [found] = await adopt(at('moved'));
    expect(JSON.parse(found?.origin ?? '')).toMatchObject({
      source: at('src/winter'),
      destination: at('moved'),
    });
    expect(await backup('albums', 2, { album: 'winter' })).toEqual([]);
    expect((await app.artifacts.rescan(ada, 'cli', never)).skipped).toEqual([at('dst')]);
  });

  test('refuses what is no archive, was changed since its manifest, is cut off, or is a symlink', async () => {
    await backup('photos', 1);
    const [good = ''] = there();
    const paths = [
      'photos_20260101_000000.tar.gz',
      'photos_20260102_000000.tar.gz',
      'notes.txt',
      'photos_20260104_000000.tar.gz',
    ];
    const [cut = '', link = '', notes = '', odd = ''] = paths.map((name) => at('dst', name));
    await app.close();
    rmSync(at('data'), { recursive: true });
    app = await start();
    execFileSync('sh', ['-c', `head -c 100 "$0" > "$1"`, at('dst', good), cut]);
    symlinkSync(at('dst', good), link);
    writeFileSync(notes, 'x');
    mkdirSync(odd);
    writeFileSync(at('dst', good), 'changed', { flag: 'a' });
    const { adopt: found, refused } = await app.artifacts.look([at('dst'), notes, at('nothing')], never);
    expect(found).toEqual([]);
    const why = Object.fromEntries(refused.map((one) => [one.path, plain(one.why)]));
    expect(why[cut]).toMatch(/^It can’t be read to its end: /);
    expect(why[link]).toMatch(/is a symlink/);
    expect(why[notes]).toMatch(/Its name is none/);
    expect(why[odd]).toMatch(/isn’t a file/);
    expect(why[at('dst', good)]).toMatch(/isn’t what its manifest was written for/);
    expect(why[at('nothing')]).toBe('There is nothing there.');
  });
});

test('what is gone from its folder is marked, unless all of it is', async () => {
  for (const on of [1, 2]) await backup('photos', on);
  const [first = ''] = there();
  rmSync(at('dst', first));
  expect(await app.artifacts.rescan(ada, 'cli', never)).toEqual({ gone: [at('dst', first)], skipped: [] });
  expect((await app.artifacts.list(null)).map(({ deletedAt }) => deletedAt !== null)).toEqual([true, false]);
  renameSync(at('dst'), at('away'));
  expect(await app.artifacts.rescan(ada, 'cli', never)).toEqual({ gone: [], skipped: [at('dst')] });
});

describe('snapshots', () => {
  const snapshots = (): string[] => readdirSync(at('dst')).filter((name) => !name.endsWith('.json'));
  beforeEach(async () => {
    write(
      'photos',
      `${ALBUMS.replace('SRC/{{ album }}', 'SRC/winter').replace(/params:.*/s, '')}link_dest: true\n`,
    );
    await again();
  });

  test('are adopted by their manifests, linked to, and deleted when they are too old; what is gone is marked', async () => {
    for (const on of [1, 2]) await backup('photos', on);
    await app.close();
    rmSync(at('data'), { recursive: true });
    app = await start();
    expect(await backup('photos', 3)).toEqual(['archives_unknown']);
    const found = await adopt(at('dst'));
    expect(found.map(({ intent, kind, verified, files }) => [intent, kind, verified, files])).toEqual([
      ['photos', 'snapshot', 'listed', 3],
      ['photos', 'snapshot', 'listed', 3],
    ]);
    const inode = (name: string): number => statSync(at('dst', name, 'w1')).ino;
    // The third was made without knowing the others.
    expect(inode('20260902_020000')).toBe(inode('20260901_020000'));
    expect(inode('20260903_020000')).not.toBe(inode('20260902_020000'));
    const third = inode('20260903_020000');
    for (const on of [8, 9]) expect(await backup('photos', on)).toEqual([]);
    expect(inode('20260908_020000')).toBe(third);
    expect(snapshots()).toEqual(['20260908_020000', '20260909_020000']);
    rmSync(at('dst/20260908_020000'), { recursive: true });
    const { gone } = await app.artifacts.rescan(ada, 'cli', never);
    expect(gone).toEqual([at('dst/20260908_020000')]);
  }, 120_000);

  test('that are not what their manifest says, or that nobody made, are refused', async () => {
    await backup('photos', 1);
    await app.close();
    rmSync(at('data'), { recursive: true });
    app = await start();
    rmSync(at('dst/20260901_020000/w2'));
    mkdirSync(at('dst/20260902_020000'));
    symlinkSync(at('src/winter'), at('dst/20260903_020000'));
    const { adopt: found, refused } = await app.artifacts.look([at('dst')], never);
    expect(found).toEqual([]);
    expect(refused.map(({ path, why }) => [path.slice(-15), plain(why)])).toEqual([
      ['20260901_020000', 'It isn’t what its manifest was written for: it was changed or damaged since.'],
      ['20260902_020000', 'There are no files in it.'],
      ['20260903_020000', 'It is a symlink. Name the folder that it leads to.'],
    ]);
  }, 120_000);
});
