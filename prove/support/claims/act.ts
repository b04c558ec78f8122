import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openArchive, rowOf } from './archives.js';
import { type Answer, runChatops } from './command.js';
import { FAULTS, type Fault, type World } from './faults.js';
import { LARGE, LARGE_BYTES } from './features.js';
import type { Intent } from './intent.js';
import type { Place } from './places.js';
import type { Seen } from './seen.js';
import type { Act, Story } from './story.js';
import type { Tools } from './tools.js';
import { look, type Tree } from './tree.js';

/** A night apart, so that retention has something to do. */
const DAY_MS = 86_400_000;
const FIRST_NIGHT = Date.parse('2026-03-01T02:00:00Z');

export interface Setting {
  readonly world: World;
  readonly root: string;
  readonly tools: Tools;
  readonly chatops: string;
  readonly night: number;
  readonly good: readonly string[];
  readonly others: readonly string[];
  /** The intent's name tonight, and the folder that its parameter names. */
  readonly name: string;
  readonly album: string | null;
  readonly intent: Intent;
  readonly hadMount: boolean;
}

/** Runs the program once while the act's fault strikes, and looks at the world before and after it. */
export async function playAct(
  { kind, form }: Story,
  { fault: name }: Act,
  setting: Setting,
): Promise<{ readonly seen: Seen | null; readonly said: string }> {
  const { world, root, tools, night, intent } = setting;
  const fault: Fault = FAULTS[name];
  world.touched.clear();
  fault.prepare?.(world);
  giveTo(world.place, root, world.copy);
  const couldStrike = fault.when !== 'before' || fault.strike(world, 0) !== false;
  const before = { source: look(world.source), copy: look(world.copy) };
  const ended = new AbortController();
  const strikes =
    fault.when === 'before'
      ? Promise.resolve(couldStrike)
      : tools.at(fault.when, join(world.source, LARGE), ended.signal, (pid) => fault.strike(world, pid));
  const at = new Date(FIRST_NIGHT + night * DAY_MS * 2 + (fault.hoursAhead ?? 0) * 3_600_000);
  const [answer, struck] = await Promise.all([run(setting, at, ended), strikes]);
  // Before the fault is undone: an archive must not come back with its disk, nor a file with its mount.
  const copy = look(world.copy);
  const source = look(world.source);
  const { told, said } = answer;
  if (told === null) {
    fault.undo?.(world);
    return { seen: null, said };
  }
  const row = rowOf(join(root, 'data'), told.id);
  const fresh = newArchive(kind, world.copy, before.copy, row?.path);
  const archive = fresh === null ? null : openArchive(fresh, join(root, 'unpacked'));
  fault.undo?.(world);
  const touched = [...world.touched];
  const view = (tree: Tree): Tree => asBackedUp(tree, form, intent, archive?.contents);
  const seen: Seen = {
    kind,
    place: world.place.name,
    fault: name,
    struck,
    told,
    source: { before: view(before.source), after: view(source) },
    copy: { before: before.copy, after: copy },
    archive,
    row,
    isTouched: (path) => touched.some((one) => path === one || path.startsWith(`${one}/`)),
    excludes:
      intent.excludes.length === 0
        ? null
        : excluded(intent, archive?.contents ?? withoutOld(copy, before.copy)),
    givenUp: intent.givenUp,
    good: setting.good,
    others: setting.others,
    minKeep: intent.minKeep,
    hadMount: setting.hadMount,
  };
  return { seen, said };
}

function run(
  { chatops, root, tools, world, name, album }: Setting,
  at: Date,
  ended: AbortController,
): Promise<Answer> {
  const { place } = world;
  const clock = ['faketime', '-f', `@${at.toISOString().slice(0, 19).replace('T', ' ')}`];
  const env = {
    PATH: [tools.bin, ...place.bins, process.env.PATH ?? ''].join(':'),
    HOME: root,
    TZ: 'UTC',
    NO_COLOR: '1',
    LOG_LEVEL: 'error',
    CHATOPS_DATA_DIR: join(root, 'data'),
    CHATOPS_INTENTS_DIR: join(root, 'intents'),
    CHATOPS_HTTP_PORT: '0',
  };
  const params = album === null ? [] : ['-p', `album=${album}`];
  const args = ['run', name, '--yes', '--json', '--confirm', name, ...params];
  return runChatops({ chatops, before: [...place.before, ...clock], env }, args, ended);
}

/** The source as the intent means it: without what it excludes, and one file where it names a link to one. */
function asBackedUp(tree: Tree, form: Story['form'], intent: Intent, contents?: Tree): Tree {
  const large = tree.get(LARGE);
  // Under the link's name, or its target's: both hold the data.
  if (form === 'link-to-file')
    return new Map(large ? [[contents?.has(LARGE) ? LARGE : 'current', large]] : []);
  return new Map([...tree].filter(([path]) => !intent.isExcluded(path)));
}

function withoutOld(copy: Tree, before: Tree): Tree {
  return new Map([...copy].filter(([path]) => !before.has(path)));
}

function excluded({ isExcluded, excludes }: Intent, copy: Tree): Seen['excludes'] {
  return {
    packed: [...copy.keys()].filter(isExcluded),
    idle: excludes.filter((pattern) => pattern.includes('never')),
  };
}

/** The archive that was not there before. */
function newArchive(
  kind: string,
  folder: string,
  before: ReadonlyMap<string, unknown>,
  known?: string,
): string | null {
  if (kind === 'docker_volumes') return null;
  const isNew = (name: string): boolean => /\.tar(\.gz|\.zst)?$/.test(name) && !before.has(name);
  try {
    const name = readdirSync(folder).find(isNew);
    return name === undefined ? (known ?? null) : join(folder, name);
  } catch {
    return known ?? null;
  }
}

/**
 * Something changes between two nights, as it does.
 * @param large so does the large file, which is then copied again
 */
export function changeSomething({ source, dice }: World, large: boolean): void {
  if (large) writeFileSync(join(source, LARGE), dice.bytes(LARGE_BYTES));
  writeFileSync(join(source, `plain${dice.below(6)}`), dice.bytes(500 + dice.below(500)));
  writeFileSync(join(source, `z/later${dice.below(6)}`), dice.bytes(500 + dice.below(500)));
  writeFileSync(join(source, `fresh${dice.below(1000)}`), 'fresh');
  if (dice.chance(0.6)) rmSync(join(source, `plain${dice.below(6)}`), { force: true });
}

/** Everything of the story belongs to who runs the bot, and all at the other side to who serves it. */
export function giveTo({ user, isLocal }: Place, root: string, copy: string): void {
  const mine = isLocal ? [root, copy] : [copy];
  if (user !== 0) spawnSync('chown', ['-hR', `${user}:${user}`, ...mine]);
}
