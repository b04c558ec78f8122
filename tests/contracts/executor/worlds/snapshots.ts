import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { plant, put } from '../../../executors/support/trees.js';
import type { End, ExecutorUnderTest } from '../under-test.js';

const SNAPSHOT = /^\d{8}_\d{6}(-\d+)?$/;
const MANIFEST = '.manifest.json';

/** Dated folders with hard links, by rsync; something is new since the last one, and old ones are deleted by the run. */
export const snapshots: ExecutorUnderTest = {
  name: 'snapshots',
  create: async (dir) => {
    const [source, destination, saved] = [join(dir, 'src'), join(dir, 'dst'), join(dir, 'saved')];
    plant(source, 40);
    put(join(source, 'gone.txt'), 'gone soon');
    put(join(source, 'large.bin'), randomBytes(3 * 1024 * 1024));
    let old: ReadonlyMap<string, string> = new Map();
    return {
      intent: `action: backup
backup_type: files
stack: media
source: ${source}
destination: ${destination}
link_dest: true
retention_days: 7
min_keep: 1
`,
      history: [20, 9],
      kept: [],
      change: async () => {
        rmSync(join(source, 'gone.txt'));
        put(join(source, 'new.bin'), randomBytes(1024 * 1024));
        // With its hard links, which Node's copy would make files of their own.
        execFileSync('cp', ['-a', destination, saved]);
        old = new Map(snapshotsIn(destination).map((name) => [name, stateOf(join(destination, name))]));
      },
      reset: async () => {
        if (old.size === 0) return;
        rmSync(destination, { recursive: true, force: true });
        execFileSync('cp', ['-a', saved, destination]);
      },
      look: async (end) => {
        const there = snapshotsIn(destination);
        const made = there.filter((name) => !old.has(name));
        const wanted = old.size === 0 ? null : stateOf(source);
        return [
          ...strange(destination),
          ...there
            .filter((name) => old.has(name) && stateOf(join(destination, name)) !== old.get(name))
            .map((name) => `an old snapshot is another now: ${name}`),
          ...made
            .filter((name) => wanted !== null && stateOf(join(destination, name)) !== wanted)
            .map((name) => `${name} is not what the source is`),
          ...(end === null ? [] : wrongRecords(destination, end)),
          ...(end !== null && old.size > 0 ? wrongNumber([...old.keys()], there, end) : []),
        ];
      },
      clean: async () => {},
    };
  },
};

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function snapshotsIn(folder: string): readonly string[] {
  return namesIn(folder).filter((name) => SNAPSHOT.test(name));
}

function strange(folder: string): readonly string[] {
  return namesIn(folder)
    .filter((name) => !SNAPSHOT.test(name) && !name.endsWith(MANIFEST))
    .map((name) => `half-done: ${name}`);
}

/** Names, types, modes, owners, times and contents of all that is in a folder. */
function stateOf(folder: string): string {
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { cwd: folder, encoding: 'utf8' }).split('\n').sort().join('\n');
  return [
    run('find', '.', '-type', 'd', '-printf', '%P d %m %U:%G %TY-%Tm-%Td %TT\\n').replaceAll(/\.\d+$/gm, ''),
    run('find', '.', '!', '-type', 'd', '-printf', '%P %y %m %U:%G %s %TY-%Tm-%Td %TT\\n').replaceAll(
      /\.\d+$/gm,
      '',
    ),
    run('find', '.', '-type', 'f', '-exec', 'md5sum', '{}', '+'),
  ].join('\n');
}

/** What the catalogue and the manifests have otherwise than the disk. */
function wrongRecords(folder: string, { artifacts, run }: End): readonly string[] {
  const there = snapshotsIn(folder);
  const manifests = namesIn(folder).filter((name) => name.endsWith(MANIFEST));
  const listed = artifacts.map(({ path }) => basename(path));
  const isWarned = (run?.outcome?.warnings.length ?? 0) > 0;
  return [
    ...there.filter((name) => !listed.includes(name)).map((name) => `the catalogue lacks ${name}`),
    ...listed.filter((name) => !there.includes(name)).map((name) => `only the catalogue has ${name}`),
    ...(isWarned ? [] : there)
      .filter((name) => !manifests.includes(name + MANIFEST))
      .map((name) => `without a manifest, and nothing is said of it: ${name}`),
    ...(isWarned ? [] : manifests)
      .filter((name) => !there.includes(name.replace(MANIFEST, '')))
      .map((name) => `a manifest without its snapshot: ${name}`),
    ...artifacts
      .filter(({ path, files }) => existsSync(path) && countIn(path) !== files)
      .map(({ path, files }) => `${path} has not the ${files} files of the catalogue`),
    ...manifests
      .filter((name) => there.includes(name.replace(MANIFEST, '')))
      .filter(
        (name) =>
          JSON.parse(readFileSync(join(folder, name), 'utf8')).files !==
          countIn(join(folder, name.replace(MANIFEST, ''))),
      )
      .map((name) => `another number of files than in ${name}`),
  ];
}

function countIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => !one.isDirectory())
    .length;
}

function wrongNumber(old: readonly string[], there: readonly string[], end: End): readonly string[] {
  const made = there.filter((name) => !old.includes(name));
  const gone = old.filter((name) => !there.includes(name));
  return [
    ...(gone.length > 0 && made.length === 0 ? [`gone without a new one: ${gone.join(', ')}`] : []),
    ...(end.succeeded && made.length !== 1 ? [`succeeded with ${made.length} new snapshots`] : []),
  ];
}
