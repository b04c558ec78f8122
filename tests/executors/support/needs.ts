import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { test } from '@jest/globals';

/** `test`, or `test.skip` with one loud line when a part of the machine is missing; in CI that is a failure. */
export function testWith(part: string, isThere: boolean): typeof test | typeof test.skip {
  if (isThere || process.env.CI === 'true') return test;
  console.warn(`SKIPPED, because this machine has no ${part}`);
  return test.skip;
}

/** Is the program there, and does it answer? */
export function has(program: string, ...args: string[]): boolean {
  return spawnSync(program, args.length > 0 ? args : ['--version']).error === undefined;
}

export const isRoot = process.getuid?.() === 0;

/** A small disk that can really be full; false when this process may not mount. */
export function mountTmpfs(path: string, size: string): boolean {
  mkdirSync(path, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'chatops-test', path]).status === 0;
}

export function unmount(path: string): void {
  spawnSync('umount', ['--lazy', path]);
}
