import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** When the wrapper is not simply rsync. */
export type Noise = 'real-run' | 'dry-run';

/**
 * A folder for the front of PATH whose `rsync` writes the bytes of a file to stderr, in dry runs or in real ones,
 * and then is the real rsync, or ends with an error.
 */
export async function shoutingRsync(
  noise: Buffer | string,
  { when, exitCode }: { when: Noise; exitCode?: number },
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chatops-e2e-rsync-'));
  const real = spawnSync('which', ['rsync'], { encoding: 'utf8' }).stdout.trim();
  await writeFile(join(folder, 'noise'), noise);
  const shout = `cat '${folder}/noise' >&2${exitCode === undefined ? '' : `; exit ${exitCode}`}`;
  await writeFile(
    join(folder, 'rsync'),
    `#!/bin/sh
case " $* " in
  *" --version "*) ;;
  *" --dry-run "*) ${when === 'dry-run' ? shout : ':'} ;;
  *) ${when === 'real-run' ? shout : ':'} ;;
esac
exec '${real}' "$@"
`,
  );
  await chmod(join(folder, 'rsync'), 0o755);
  return folder;
}
