import { spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A folder for the front of PATH whose `tar` writes the beginning of an archive and then waits, until it is ended.
 * @returns the value of PATH
 */
export async function waitingTar(folder: string): Promise<string> {
  const real = spawnSync('which', ['tar'], { encoding: 'utf8' }).stdout.trim();
  await mkdir(folder);
  await writeFile(
    join(folder, 'tar'),
    `#!/bin/sh
case " $* " in
  *" --version "*|*" --file=/dev/null "*) ;;
  *" --create "*) for arg; do case "$arg" in --file=*) echo begun >"\${arg#--file=}" ;; esac; done; exec sleep 120 ;;
esac
exec '${real}' "$@"
`,
  );
  await chmod(join(folder, 'tar'), 0o755);
  return `${folder}:${process.env.PATH ?? ''}`;
}
