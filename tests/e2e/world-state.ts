import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { Stage } from './stage.js';

/** Where people's files are, and the bot's own instructions. */
const FOLDERS = ['src', 'dst', 'intents'];
/** All that the data directory may hold: the history and what SQLite keeps beside it. */
const HISTORY = ['audit.head', 'audit.head.tmp', 'chatops.db', 'chatops.db-shm', 'chatops.db-wal'];

/** Every path of the stage's folders with type, mode, times and content: equal means that nothing changed. */
export function worldOf(stage: Stage): Record<string, string> {
  return Object.fromEntries(FOLDERS.flatMap((folder) => below(stage.dir, folder)));
}

/** Compares with an earlier {@link worldOf}, and looks for anything but the history in the data directory. */
export function expectUnchanged(stage: Stage, before: Readonly<Record<string, string>>): void {
  expect(worldOf(stage)).toEqual(before);
  expect(HISTORY).toEqual(expect.arrayContaining(readdirSync(stage.path('data'))));
}

function below(root: string, path: string): [string, string][] {
  const full = join(root, path);
  const stats = lstatSync(full);
  const facts = `${stats.mode} ${stats.uid} ${stats.mtimeMs} ${stats.ctimeMs}`;
  if (stats.isDirectory()) {
    return [[path, facts], ...readdirSync(full).flatMap((name) => below(root, join(path, name)))];
  }
  const content = stats.isSymbolicLink()
    ? readlinkSync(full)
    : createHash('sha256').update(readFileSync(full)).digest('hex');
  return [[path, `${facts} ${content}`]];
}
