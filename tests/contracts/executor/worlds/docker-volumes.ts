import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { plant, put } from '../../../executors/support/trees.js';
import type { ExecutorUnderTest } from '../under-test.js';

/** A mirror of a folder, with rsync; something is new, something else, and something gone since the last run. */
export const dockerVolumes: ExecutorUnderTest = {
  name: 'docker_volumes',
  create: async (dir) => {
    const [source, destination] = [join(dir, 'src'), join(dir, 'dst', 'mirror')];
    plant(source, 40);
    put(join(source, 'large.bin'), randomBytes(3 * 1024 * 1024));
    put(join(source, 'gone.txt'), 'gone soon');
    mkdirSync(join(dir, 'dst'));
    let known: readonly string[] = [];
    let before = '';
    return {
      intent: `action: backup
backup_type: docker_volumes
stack: media
source: ${source}
destination: ${destination}
options: ["--delete"]
`,
      history: [1],
      kept: ['dst'],
      change: async () => {
        before = stateOf(destination);
        rmSync(join(source, 'gone.txt'));
        put(join(source, 'large.bin'), randomBytes(4 * 1024 * 1024));
        put(join(source, 'new.bin'), randomBytes(1024 * 1024));
        known = [...readdirSync(source), 'gone.txt', '.rsync-partial'];
      },
      reset: async () => {},
      look: async (end) => {
        const names = existsSync(destination) ? readdirSync(destination) : [];
        const strange = names.filter((name) => known.length > 0 && !known.includes(name));
        const differences = end?.succeeded ? compare(source, destination) : '';
        const says = end?.artifacts.find(({ path }) => path === destination)?.verified;
        return [
          ...strange.map((name) => `half-done: ${name}`),
          ...(names.includes('.rsync-partial') && end?.succeeded ? ['.rsync-partial is left'] : []),
          ...(differences === '' ? [] : [`succeeded, but the mirror differs:\n${differences}`]),
          ...(says !== undefined &&
          says !== 'none' &&
          stateOf(destination) !== before &&
          compare(source, destination) !== ''
            ? ['the catalogue says that the mirror is whole']
            : []),
        ];
      },
      clean: async () => {},
    };
  },
};

/** What rsync would still have to do, by content. */
function compare(source: string, destination: string): string {
  const { stdout, stderr } = spawnSync('rsync', ['-ancic', '--delete', `${source}/`, destination], {
    encoding: 'utf8',
  });
  return stdout + stderr;
}

/** Names and contents of all that is in it. */
function stateOf(folder: string): string {
  return spawnSync('find', ['.', '-type', 'f', '-exec', 'md5sum', '{}', '+'], {
    cwd: folder,
    encoding: 'utf8',
  })
    .stdout.split('\n')
    .sort()
    .join('\n');
}
