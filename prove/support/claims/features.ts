import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { HOSTILE_NAMES, INVALID_UTF8 } from '../../../tests/executors/support/trees.js';
import type { Dice } from './dice.js';
import { bytesOf } from './tree.js';

/** The folders of one story. */
export interface Scene {
  readonly source: string;
  /** The mirror at the destination, or the folder of the archives. */
  readonly copy: string;
  readonly dice: Dice;
}

/** Something that trees have, and that a backup may lose. It is put there before a run; each time a little different. */
type Feature = (scene: Scene) => void;

const DAY_S = 86_400;

function put(path: string | Buffer, content: string | Buffer): void {
  mkdirSync(dirname(path.toString()), { recursive: true });
  writeFileSync(path, content);
}

function must(program: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
}

function aged(path: string, days: number): void {
  const at = Date.now() / 1000 - days * DAY_S;
  utimesSync(path, at, at);
}

export const FEATURES = {
  'odd-names': ({ source, dice }) => {
    for (const name of dice.some([...HOSTILE_NAMES, ...INVALID_UTF8, Buffer.from('n'.repeat(255))], 5)) {
      put(bytesOf(source, `odd/${name.toString('latin1')}`), name);
    }
  },
  'colon-names': ({ source, dice }) => {
    put(join(source, `note 12:3${dice.below(10)}.txt`), 'c');
    put(join(source, 'what?.txt'), 'q');
  },
  'case-pair': ({ source, dice }) => {
    put(join(source, 'case/B.txt'), 'big');
    put(join(source, 'case/b.txt'), `small ${dice.below(1000)}`);
    aged(join(source, 'case/B.txt'), 400);
  },
  links: ({ source, dice }) => {
    mkdirSync(join(source, 'links'), { recursive: true });
    for (const target of dice.some(['../plain0', 'nowhere', '/etc/hostname', '.', '../odd'], 3)) {
      try {
        symlinkSync(target, join(source, `links/l${dice.below(1000)}`));
        lutimesSync(join(source, 'links'), 1e9, 1e9);
      } catch {
        // The name is taken: one link less.
      }
    }
  },
  'hard-links': ({ source, dice }) => {
    const one = join(source, `hard/one${dice.below(10_000)}`);
    put(one, 'one file');
    for (let more = 1 + dice.below(3); more > 0; more -= 1) linkSync(one, `${one}.${more}`);
  },
  holes: ({ source, dice }) => {
    const path = join(source, `holes${dice.below(1000)}.raw`);
    put(path, 'x');
    truncateSync(path, 4 << 20);
    spawnSync('sh', ['-c', 'printf end >>"$0"', path]);
  },
  attributes: ({ source, dice }) => {
    const path = join(source, `attributes/f${dice.below(10_000)}`);
    put(path, '#!/bin/true');
    must('setfattr', '-n', 'user.claims', '-v', `v${dice.below(100)}`, path);
    if (dice.chance(0.5)) must('setfacl', '-m', 'u:1234:rw', path);
    if (dice.chance(0.5)) must('setcap', 'cap_net_raw+ep', path);
  },
  owners: ({ source, dice }) => {
    const path = join(source, `owned${dice.below(10_000)}`);
    put(path, 'db');
    must('chown', `${990 + dice.below(9)}:${990 + dice.below(9)}`, path);
  },
  modes: ({ source, dice }) => {
    const path = join(source, `modes/m${dice.below(10_000)}`);
    put(path, 'm');
    chmodSync(path, dice.pick([0o4755, 0o2755, 0o640, 0o777, 0o444]));
  },
  fifo: ({ source, dice }) => must('mkfifo', join(source, `fifo${dice.below(1_000_000)}`)),
  socket: ({ source, dice }) => leaveSocket(join(source, `s${dice.below(1_000_000)}.sock`)),
  device: ({ source, dice }) => must('mknod', join(source, `null${dice.below(1_000_000)}`), 'c', '1', '3'),
  'empty-folders': ({ source, dice }) =>
    void mkdirSync(join(source, `hollow/${dice.below(100)}/in`), { recursive: true }),
  'empty-files': ({ source, dice }) => put(join(source, `hollow/f${dice.below(10_000)}`), ''),
  'old-times': ({ source, dice }) => {
    const path = join(source, `old${dice.below(10_000)}`);
    put(path, 'o');
    aged(path, dice.pick([8000, 20_000, -400]));
  },
  unreadable: ({ source, dice }) => {
    const path = join(source, `closed/f${dice.below(10_000)}`);
    put(path, 'c');
    chmodSync(path, 0);
  },
  excluded: ({ source, dice }) => {
    put(join(source, 'cache/token'), 'secret');
    put(join(source, `d/x${dice.below(100)}.tmp`), 'tmp');
    put(join(source, 'deep/cache/keep'), 'kept: the pattern is anchored');
  },
  databases: ({ source, dice }) => {
    const path = join(source, `app${dice.below(100)}.db`);
    must(
      'sqlite3',
      path,
      'pragma journal_mode=wal; create table if not exists t(x); insert into t values(1)',
    );
  },
  'empty-database': ({ source, dice }) => put(join(source, `library${dice.below(100)}.db`), ''),
  many: ({ source, dice }) => {
    const folder = join(source, `many${dice.below(10_000)}`);
    for (let file = 0; file < 200; file += 1) put(join(folder, String(file)), String(file));
  },
  // What is there already, where the copy comes.
  'newer-there': ({ source, copy, dice }) => {
    const name = `report${dice.below(10_000)}`;
    put(join(source, name), 'of 2019');
    aged(join(source, name), 2000);
    put(join(copy, name), 'of today, and longer');
  },
  'file-for-folder': ({ source, copy, dice }) => {
    const name = `notes${dice.below(10_000)}`;
    put(join(source, name, 'a.txt'), 'a');
    put(join(copy, name), 'the only copy');
  },
  'folder-for-file': ({ source, copy, dice }) => {
    const name = `was${dice.below(10_000)}`;
    put(join(source, name), 'a file');
    put(join(copy, name, 'deep/b.txt'), 'the only copy');
  },
  'more-there': ({ copy, dice }) => {
    put(join(copy, `gone${dice.below(10_000)}`), 'not in the source');
    put(join(copy, `gone.d${dice.below(10_000)}/f`), 'not in the source');
  },
} satisfies Record<string, Feature>;

export type FeatureName = keyof typeof FEATURES;

/** Only a mirror has something at its destination where the copy comes. */
export const OF_MIRRORS: readonly FeatureName[] = [
  'newer-there',
  'file-for-folder',
  'folder-for-file',
  'more-there',
];

/** What every tree has: some files, and a large one in their middle, which is open long enough to be caught. */
export function plantBasics({ source, dice }: Scene): void {
  for (let file = 0; file < 6; file += 1) put(join(source, `plain${file}`), dice.bytes(1 + dice.below(3000)));
  put(join(source, 'd/below'), 'b');
  put(join(source, LARGE), dice.bytes(LARGE_BYTES));
  for (let file = 0; file < 6; file += 1)
    put(join(source, `z/later${file}`), dice.bytes(1 + dice.below(3000)));
}

export const LARGE = 'm_large';
export const LARGE_BYTES = 6 << 20;

function leaveSocket(path: string): void {
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  // Nobody removes a socket whose process was killed.
  spawnSync(process.execPath, ['-e', script]);
}
