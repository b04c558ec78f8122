import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type FeatureName, LARGE, type Scene } from './features.js';
import type { Place } from './places.js';
import type { Moment } from './tools.js';

/** What a fault may touch. */
export interface World extends Scene {
  readonly place: Place;
  /** An image with a file that can't be read to its end. */
  readonly damaged: string;
  /** Paths of the source that changed on purpose; whatever begins with one of them is in doubt. */
  readonly touched: Set<string>;
}

/** Something that goes wrong in one run. */
export interface Fault {
  /** When; `before`: before the program is started. */
  readonly when: 'before' | Moment;
  /**
   * @param pid the copying tool, while a file is open
   * @returns false where it had no effect
   */
  strike(world: World, pid: number): unknown;
  /** Before the run, and before the first look at the world. */
  prepare?(world: World): void;
  /** Once the run has been looked at. */
  undo?(world: World): void;
  /** It needs these in the tree. */
  readonly needs?: readonly FeatureName[];
  readonly only?: 'files' | 'docker_volumes';
  /** Hours by which the clock is wrong in this run. */
  readonly hoursAhead?: number;
}

const later = (source: string): readonly string[] =>
  readdirSync(join(source, 'z')).map((name) => `z/${name}`);

function touch({ source, touched }: World, path: string, act: (path: string) => void): void {
  touched.add(path);
  act(join(source, path));
}

const below = ({ source }: World): string => join(source, 'mounted');

function mountBelow(world: World): void {
  mkdirSync(below(world), { recursive: true });
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'chatops-test', below(world)]);
  for (let file = 0; file < 20; file += 1) writeFileSync(join(below(world), `p${file}`), `photo ${file}`);
}

function unmountBelow(world: World): void {
  spawnSync('umount', ['--lazy', below(world)]);
}

function leftovers({ copy }: World): void {
  mkdirSync(copy, { recursive: true });
  for (let file = 0; file < 3; file += 1) writeFileSync(join(copy, `left${file}`), 'not in the source');
}

export const FAULTS = {
  none: { when: 'before', strike: () => {} },
  'vanish-before-copy': {
    when: 'copy',
    strike: (world) => {
      for (const path of world.dice.some(later(world.source), 3))
        touch(world, path, (file) => rmSync(file, { force: true }));
    },
  },
  vanish: {
    when: 'open',
    strike: (world) => {
      for (const path of world.dice.some(later(world.source), 3))
        touch(world, path, (file) => rmSync(file, { force: true }));
    },
  },
  shrink: { when: 'open', strike: (world) => touch(world, LARGE, (path) => truncateSync(path, 100_000)) },
  grow: { when: 'open', strike: (world) => touch(world, LARGE, (path) => appendFileSync(path, 'more')) },
  rewrite: {
    when: 'open',
    strike: (world) => {
      for (const path of world.dice.some(later(world.source), 2))
        touch(world, path, (file) => writeFileSync(file, 'new'));
      touch(world, LARGE, (path) => utimesSync(path, new Date(), new Date()));
    },
  },
  appear: {
    when: 'open',
    strike: (world) => {
      for (const path of ['0new', 'z/~new']) touch(world, path, (file) => writeFileSync(file, 'new'));
    },
  },
  'rewritten-after-copy': {
    when: 'copied',
    strike: (world) => touch(world, 'd/below', (path) => writeFileSync(path, 'another')),
  },
  'tool-killed': { when: 'open', strike: (_, pid) => void process.kill(pid, 'SIGKILL') },
  'mount-below-comes': {
    when: 'open',
    strike: (world) => touch(world, 'mounted', () => mountBelow(world)),
    undo: unmountBelow,
  },
  'mount-below-goes': {
    when: 'open',
    strike: (world) => touch(world, 'mounted', () => unmountBelow(world)),
  },
  'mount-below-away': { when: 'before', strike: unmountBelow },
  'disk-fills': {
    when: 'copy',
    strike: ({ place }) => place.fill(2_000_000),
    undo: ({ place }) => place.restore(),
  },
  'disk-full-before': {
    when: 'before',
    strike: ({ place }) => place.fill(500_000),
    undo: ({ place }) => place.restore(),
  },
  'read-only': {
    when: 'copy',
    strike: ({ place }) => place.freeze(),
    undo: ({ place }) => place.restore(),
  },
  'destination-away': {
    when: 'copy',
    strike: ({ place }) => place.detach(),
    undo: ({ place }) => place.restore(),
  },
  'read-error': {
    when: 'before',
    strike: (world) => {
      mkdirSync(join(world.source, 'dying'), { recursive: true });
      spawnSync('mount', ['-o', 'loop,ro', world.damaged, join(world.source, 'dying')]);
    },
    undo: ({ source }) => void spawnSync('umount', ['--lazy', join(source, 'dying')]),
  },
  'copy-damaged': {
    when: 'copied',
    only: 'docker_volumes',
    // Somebody else writes to the mirror.
    strike: ({ copy }) => void (existsSync(join(copy, LARGE)) && truncateSync(join(copy, LARGE), 10)),
  },
  'copy-lost': {
    when: 'copied',
    only: 'docker_volumes',
    strike: ({ copy }) => rmSync(join(copy, 'z'), { recursive: true, force: true }),
  },
  // What was shown as a deletion is gone, or is back, when it is confirmed.
  'deletion-gone': {
    when: 'looked',
    only: 'docker_volumes',
    prepare: leftovers,
    strike: ({ copy }) => rmSync(join(copy, 'left0'), { force: true }),
  },
  'deletion-back': {
    when: 'looked',
    only: 'docker_volumes',
    prepare: leftovers,
    strike: (world) => touch(world, 'left1', (path) => writeFileSync(path, 'back')),
  },
  'clock-leaps': { when: 'before', strike: () => {}, hoursAhead: 24 * 4000 },
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;

/** A disk below the source for the faults that are about one: it is there at the run before. */
export function preparesMount(fault: FaultName): boolean {
  return fault === 'mount-below-away' || fault === 'mount-below-goes';
}

export { mountBelow, unmountBelow };
