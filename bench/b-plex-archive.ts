import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type App, openApp } from '../src/app.js';
import { loadConfig } from '../src/config.js';
import { needPrograms, startBox } from './support/box.js';
import type { Figure, Part } from './support/figures.js';
import { watchPeak } from './support/folder-size.js';
import { writeLibrary } from './support/library.js';
import { inScope, type Scope } from './support/scope.js';
import { median, rounded } from './support/stats.js';
import { rotated } from './support/subjects.js';
import { timedRun } from './support/timed-run.js';

const run = promisify(execFile);
const FILES = 20_000;
const BYTES = 2 * 1024 ** 3;
const ROUNDS = 2;
const MOUNTED_AT = '/config/Databases';

/** Ours, by the name of its intent: the target is how many times faster than by hand it has to be. */
const WAYS = [
  { name: 'gzip', fields: { compress: 'gzip' }, atLeast: 2 },
  { name: 'zstd', fields: { compress: 'zstd' }, atLeast: 5 },
  { name: 'zstd-1', fields: { compress: 'zstd', compress_level: 1 }, atLeast: 6 },
] as const;
const BY_HAND = 'docker cp + tar -czf';
const STREAM = 'docker cp … - > /dev/null';

/** One archive, or one stream to nowhere. */
interface Made {
  readonly way: string;
  readonly archiveSeconds: number;
  readonly checkSeconds: number | null;
  readonly archiveBytes: number | null;
  /** What lay in the folders besides the archive, at most. */
  readonly extraBytes: number | null;
}

/** (b) The archive of a large Plex folder, out of a container. */
export const plexArchive: Part = {
  title: `plex: ${FILES} files of together ${BYTES / 1024 ** 3} GiB out of a container`,
  run: () =>
    inScope(async (scope) => {
      needPrograms('docker', 'pigz', 'zstd', 'tar');
      const library = join(scope.dir, 'library');
      await writeLibrary(library, FILES, BYTES);
      const box = await startBox(scope, library, MOUNTED_AT);
      const app = await openIn(scope, box);
      const ways = [
        () => byHand(scope, box),
        () => streamed(box),
        ...WAYS.map(
          ({ name }) =>
            () =>
              ours(scope, app, name),
        ),
      ];
      // Once unmeasured: it fills the page cache for all of them.
      await streamed(box);
      const made: Made[] = [];
      for (let round = 0; round < ROUNDS; round += 1)
        for (const way of rotated(ways, round)) made.push(await way());
      return { figures: figuresOf(made), raw: made };
    }),
};

/** Our program's core, on intents of our own. */
async function openIn(scope: Scope, box: string): Promise<App> {
  const intents = join(scope.dir, 'intents');
  await mkdir(intents);
  for (const { name, fields } of WAYS) {
    const intent = {
      action: 'backup',
      backup_type: 'plex',
      stack: name,
      source_container: box,
      source_path: MOUNTED_AT,
      destination: join(scope.dir, 'backups', name),
      ...fields,
    };
    await mkdir(intent.destination, { recursive: true });
    await writeFile(join(intents, `${name}.yaml`), JSON.stringify(intent));
  }
  const env = {
    PATH: process.env.PATH,
    CHATOPS_INTENTS_DIR: intents,
    CHATOPS_DATA_DIR: join(scope.dir, 'data'),
    LOG_LEVEL: 'error',
  };
  const loaded = loadConfig(env, { cwd: scope.dir, shippedIntents: intents, needsDiscord: false });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const app = await openApp(loaded.config, env, { watch: false });
  scope.defer(async () => {
    await app.pipeline.shutdown(0);
    await app.close();
  });
  return app;
}

async function ours({ dir }: Scope, app: App, name: string): Promise<Made> {
  const backups = join(dir, 'backups', name);
  const peak = watchPeak([backups, join(dir, 'data')]);
  const { archiveMs, checkMs, archiveBytes } = await timedRun(app, name);
  const extraBytes = (await peak.end()) - archiveBytes;
  // The next round's archive must not find a disk that is fuller by this one.
  await rm(backups, { recursive: true });
  await mkdir(backups);
  return {
    way: name,
    archiveSeconds: rounded(archiveMs / 1000),
    checkSeconds: rounded(checkMs / 1000),
    archiveBytes,
    extraBytes,
  };
}

async function byHand({ dir }: Scope, box: string): Promise<Made> {
  const folder = join(dir, 'by-hand');
  await mkdir(folder);
  const archive = join(folder, 'archive.tar.gz');
  const peak = watchPeak([folder]);
  const began = performance.now();
  await run('docker', ['cp', `${box}:${MOUNTED_AT}`, join(folder, 'copy')]);
  await run('tar', ['-czf', archive, '-C', join(folder, 'copy'), '.']);
  const archiveSeconds = rounded((performance.now() - began) / 1000);
  const all = await peak.end();
  await rm(join(folder, 'copy'), { recursive: true });
  const archiveBytes = await watchPeak([folder]).end();
  await rm(folder, { recursive: true });
  return { way: BY_HAND, archiveSeconds, checkSeconds: null, archiveBytes, extraBytes: all - archiveBytes };
}

async function streamed(box: string): Promise<Made> {
  const began = performance.now();
  const child = spawn('docker', ['cp', `${box}:${MOUNTED_AT}`, '-'], { stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`docker cp ended with ${code}.`);
  const archiveSeconds = rounded((performance.now() - began) / 1000);
  return { way: STREAM, archiveSeconds, checkSeconds: null, archiveBytes: null, extraBytes: null };
}

function figuresOf(made: readonly Made[]): Figure[] {
  const of = (way: string, read: (one: Made) => number | null) =>
    median(made.filter((one) => one.way === way).map((one) => read(one) ?? Number.NaN));
  const seconds = (way: string) => of(way, ({ archiveSeconds }) => archiveSeconds);
  const hand = seconds(BY_HAND);
  const stream = seconds(STREAM);
  const mebibytes = (bytes: number) => bytes / 1024 ** 2;
  const extra = Math.max(...WAYS.map(({ name }) => of(name, ({ extraBytes }) => extraBytes)));
  return [
    ...WAYS.map(
      ({ name, atLeast }): Figure => ({
        what: `archive, ${name}`,
        unit: 's',
        values: { ours: seconds(name), [BY_HAND]: hand },
        judged: { what: 'times faster', value: hand / seconds(name), atLeast },
      }),
    ),
    {
      what: 'archive, zstd',
      unit: 's',
      values: { ours: seconds('zstd'), [STREAM]: stream },
      judged: { what: 'ours ÷ stream', value: seconds('zstd') / stream, atMost: 2.2 },
    },
    {
      what: 'checking the archive afterwards',
      unit: 's',
      values: byName(WAYS, (name) => of(name, ({ checkSeconds }) => checkSeconds)),
    },
    {
      what: 'the archive’s size',
      unit: 'MiB',
      values: byName([...WAYS, { name: BY_HAND }], (name) =>
        mebibytes(of(name, ({ archiveBytes }) => archiveBytes)),
      ),
    },
    {
      what: 'disk used besides the archive',
      unit: 'MiB',
      values: { ours: mebibytes(extra), [BY_HAND]: mebibytes(of(BY_HAND, ({ extraBytes }) => extraBytes)) },
      judged: { what: 'ours, MiB', value: mebibytes(extra), atMost: 20 },
    },
  ];
}

function byName(ways: readonly { readonly name: string }[], read: (name: string) => number) {
  return Object.fromEntries(ways.map(({ name }) => [name, read(name)]));
}
