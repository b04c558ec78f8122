import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Does the program that is judged accept this line in a mirror's intent? */
export function knowsOf(chatops: string, root: string): (line: string) => boolean {
  const answers = new Map<string, boolean>();
  const folder = join(root, 'knows');
  mkdirSync(folder, { recursive: true });
  return (line) => {
    const known = answers.get(line);
    if (known !== undefined) return known;
    const head =
      'action: backup\nbackup_type: docker_volumes\nstack: claims\nsource: /srv/a\ndestination: /srv/b\n';
    writeFileSync(join(folder, 'mirror.yaml'), `${head}${line}\n`);
    const { status } = spawnSync(process.execPath, [chatops, 'validate', folder], { stdio: 'ignore' });
    answers.set(line, status === 0);
    return status === 0;
  };
}
