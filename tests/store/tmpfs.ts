import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from '@jest/globals';

/** A small file system in memory. */
export interface Tmpfs {
  readonly path: string;
  remountReadOnly(): void;
  /** Read-only by its path, also while files on it are open for writing. */
  coverReadOnly(): void;
  /** Ends {@link coverReadOnly}. */
  makeWritable(): void;
  dispose(): void;
}

/** @param size such as `2m`, as mount(8) takes it for tmpfs */
export function mountTmpfs(size: string): Tmpfs {
  const path = mkdtempSync(join(tmpdir(), 'chatops-test-tmpfs-'));
  const mounted = run('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'chatops-test', path);
  if (mounted !== '') {
    rmdirSync(path);
    throw new Error(`No tmpfs could be mounted: ${mounted}`);
  }
  return {
    path,
    remountReadOnly() {
      const refused = run('mount', '-o', 'remount,ro', path);
      if (refused !== '') throw new Error(refused);
    },
    coverReadOnly() {
      // Made read-only beside the path: on it, a file that is opened in between keeps the mount writable.
      const beside = mkdtempSync(join(tmpdir(), 'chatops-test-cover-'));
      const refused =
        run('mount', '--bind', path, beside) ||
        run('mount', '-o', 'remount,bind,ro', beside) ||
        run('mount', '--bind', beside, path);
      run('umount', beside);
      rmdirSync(beside);
      if (refused !== '') throw new Error(refused);
    },
    makeWritable() {
      run('umount', path);
    },
    dispose() {
      // Lazily: the driver may still have the database open.
      run('umount', '--lazy', path);
      rmdirSync(path);
    },
  };
}

/** `test` where file systems can be mounted; elsewhere the test is skipped with a loud line, or fails in CI. */
export function testWithTmpfs(name: string, body: () => Promise<void>): void {
  if (canMount()) {
    test(name, body);
  } else if (process.env.CI === 'true') {
    test(name, () => {
      throw new Error('This test needs root and the right to mount a tmpfs.');
    });
  } else {
    console.warn(`SKIPPED, needs root to mount a tmpfs: ${name}`);
    test.skip(name, body);
  }
}

function canMount(): boolean {
  try {
    mountTmpfs('64k').dispose();
    return true;
  } catch {
    return false;
  }
}

/** Empty when it succeeded, else what it said. */
function run(...[command, ...args]: [string, ...string[]]): string {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? '' : (error?.message ?? stderr);
}
