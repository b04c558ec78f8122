import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FOLDER, makeBoxImage, removeAll, startBox, statusOf } from '../../../executors/plex/box.js';
import { docker } from '../../../support/docker-cli.js';
import type { ExecutorUnderTest } from '../under-test.js';
import { archivesIn, newArchives, wrongArchives } from './archives.js';

/** A container with a database that is written all the time: it is stopped, its folder packed, and it is started again. */
export const plex: ExecutorUnderTest = {
  name: 'plex',
  create: async (dir) => {
    const image = makeBoxImage();
    const container = startBox(image);
    const id = docker('inspect', '--format', '{{.Id}}', container);
    const destination = join(dir, 'dst');
    let old: readonly string[] = [];
    return {
      intent: `action: backup
database_type: plex
stack: media
source_container: ${container}
source_path: ${FOLDER}
destination: ${destination}
retention_days: 7
min_keep: 1
`,
      history: [20, 9],
      kept: ['dst'],
      change: async () => {
        old = archivesIn(destination);
      },
      reset: async () => {
        docker('start', container);
        for (let tries = 0; tries < 100 && !docker('logs', container).includes('ready'); tries += 1) {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      },
      look: async (end) => [
        ...(statusOf(id) === 'running' ? [] : [`the container is ${statusOf(id)}`]),
        ...wrongArchives(destination, old, end),
        ...newArchives(destination, old).flatMap(brokenDatabase),
      ],
      clean: async () => removeAll([container], image),
    };
  },
};

/** What SQLite says of the database in an archive. */
function brokenDatabase(archive: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'chatops-test-unpacked-'));
  try {
    spawnSync('tar', ['-xzf', archive, '-C', folder]);
    const database = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) =>
      name.endsWith('.db'),
    );
    if (database === undefined) return [`no database in ${archive}`];
    const check = ['PRAGMA integrity_check; SELECT count(*) FROM t;'];
    const { stdout, stderr } = spawnSync('sqlite3', [join(folder, database), ...check], { encoding: 'utf8' });
    return stdout.trim() === 'ok\n3000' ? [] : [`the database in ${archive} is broken: ${stdout}${stderr}`];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
