import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { PlexFields } from '../../../src/core/model/fields.js';
import { docker, testName } from '../../support/docker-cli.js';

export { QUICK } from './quick.js';

export const FOLDER = '/config/Databases';

export function fieldsFor(
  container: string,
  destination: string,
  more: Partial<PlexFields> = {},
): PlexFields {
  return {
    ...{ source_container: container, source_path: FOLDER, source: null, destination },
    ...{ destination_container: null, consistency: 'stop', compress: 'gzip' },
    ...{ retention_days: null, min_keep: 3, require_mount: false },
    ...more,
  };
}

/**
 * Writes to a WAL database without a pause, and moves pages from the log into it all the time; ends at once
 * when it is asked to. A line `ready` says that the database is filled.
 */
const WRITER = `#!/bin/sh
trap 'exit 0' TERM
DB=${FOLDER}/com.plexapp.plugins.library.db
sqlite3 $DB 'PRAGMA journal_mode=WAL; CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, v BLOB); CREATE INDEX IF NOT EXISTS i ON t (v);'
COUNT=$(sqlite3 $DB 'SELECT count(*) FROM t')
if [ "$COUNT" = 0 ]; then
  sqlite3 $DB 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO t SELECT i, randomblob(1500) FROM n;'
fi
echo ready
write() {
  echo 'PRAGMA wal_autocheckpoint=50; PRAGMA synchronous=OFF;'
  while :; do
    echo 'UPDATE t SET v = randomblob(1500) WHERE id IN (SELECT 1 + abs(random()) % 3000 FROM (VALUES (1),(2),(3),(4),(5),(6),(7),(8)));'
  done
}
write | sqlite3 $DB &
wait
`;

/** An image with busybox, sqlite3 and the writer; to be removed with {@link removeAll}. */
export function makeBoxImage(): string {
  const name = `${testName()}:box`;
  const root = mkdtempSync(join(tmpdir(), 'chatops-test-image-'));
  try {
    for (const folder of ['bin', 'tmp', 'data', FOLDER.slice(1)])
      mkdirSync(join(root, folder), { recursive: true });
    symlinkSync('config', join(root, 'alias'));
    copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
    for (const tool of ['sh', 'sleep', 'find', 'stat', 'cat', 'test', 'touch', 'rm', 'ls', 'readlink']) {
      symlinkSync('busybox', join(root, 'bin', tool));
    }
    const libraries = execFileSync('ldd', ['/usr/bin/sqlite3'], { encoding: 'utf8' }).match(/\/\S+/g) ?? [];
    for (const library of libraries) {
      mkdirSync(join(root, dirname(library)), { recursive: true });
      copyFileSync(library, join(root, library));
    }
    copyFileSync('/usr/bin/sqlite3', join(root, 'bin/sqlite3'));
    writeFileSync(join(root, 'writer'), WRITER, { mode: 0o755 });
    const tar = execFileSync('tar', ['-C', root, '-c', '.'], { maxBuffer: 256 * 1024 * 1024 });
    execFileSync('docker', ['import', '--change', 'CMD ["/writer"]', '-', name], { input: tar });
    return name;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** A container's script that only waits. */
export const IDLE = 'trap "exit 0" TERM; sleep 100000 & wait';

/** Starts a container without a network; the options come before the image. */
export function startBox(image: string, options: readonly string[] = [], script?: string): string {
  const name = testName();
  const command = script === undefined ? [] : ['sh', '-c', script];
  try {
    docker('run', '--detach', '--network', 'none', '--name', name, ...options, image, ...command);
  } catch (error) {
    quietly('rm', '--force', '--volumes', name);
    throw error;
  }
  return name;
}

export async function until(condition: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 1500; attempt += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it never came');
}

export function statusOf(name: string): string {
  return docker('container', 'inspect', '--format', '{{.State.Status}}', name);
}

/** One container for several tests; each of them finds it running. */
export class SharedBox {
  #name: string | null = null;

  constructor(private readonly start: () => string) {}

  /** Its name; it runs again where a test stopped or paused it. */
  running(): string {
    this.#name ??= this.start();
    const status = statusOf(this.#name);
    if (status !== 'running') docker(status === 'paused' ? 'unpause' : 'start', this.#name);
    return this.#name;
  }

  /** To be removed with {@link removeAll}. */
  names(): readonly string[] {
    return this.#name === null ? [] : [this.#name];
  }
}

export function removeContainers(names: readonly string[]): void {
  if (names.length > 0) quietly('rm', '--force', '--volumes', ...names);
}

/** Removes containers and their image, also those that are gone already. */
export function removeAll(containers: readonly string[], image: string): void {
  removeContainers(containers);
  quietly('image', 'rm', '--force', image);
}

function quietly(...args: string[]): void {
  try {
    docker(...args);
  } catch {
    // It is gone already.
  }
}
