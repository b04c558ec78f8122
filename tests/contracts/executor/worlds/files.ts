import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { plant, put } from '../../../executors/support/trees.js';
import type { ExecutorUnderTest } from '../under-test.js';
import { archivesIn, newArchives, wrongArchives } from './archives.js';

/** An archive of a folder, with tar; old ones are deleted by the run. */
export const files: ExecutorUnderTest = {
  name: 'files',
  create: async (dir) => {
    const [source, destination] = [join(dir, 'src'), join(dir, 'dst')];
    plant(source, 40);
    put(join(source, 'large.bin'), randomBytes(3 * 1024 * 1024));
    let old: readonly string[] = [];
    return {
      intent: `action: backup
backup_type: files
stack: media
source: ${source}
destination: ${destination}
retention_days: 7
min_keep: 1
`,
      history: [20, 9],
      kept: ['dst'],
      change: async () => {
        old = archivesIn(destination);
      },
      reset: async () => {},
      look: async (end) => [
        ...wrongArchives(destination, old, end),
        ...newArchives(destination, old).flatMap((archive) => differs(archive, source)),
      ],
      clean: async () => {},
    };
  },
};

/** With tar's own comparison. */
function differs(archive: string, source: string): readonly string[] {
  const { status, stdout, stderr } = spawnSync('tar', ['--compare', '-zf', archive, '-C', source], {
    encoding: 'utf8',
  });
  return status === 0 ? [] : [`${archive} is not what the source is: ${stdout}${stderr}`];
}
