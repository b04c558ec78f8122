import type { Host } from '../../core/ports/host.js';

/** For as long as it takes, also when the run is stopped: half a folder is of no use. */
const TO_THE_END = { uninterruptible: true, log: 'none', keep: 64 * 1024 } as const;

/**
 * Removes a folder with all that is in it, never what is mounted there. Gives what was said where some of it is left;
 * null: it is gone.
 */
export async function removeTree(host: Host, path: string): Promise<string | null> {
  if ((await host.stat(path)) === null) return null;
  const argv = ['rm', '--recursive', '--force', '--one-file-system', '--', path];
  let result = await host.exec(argv, TO_THE_END);
  if (!result.ok && /Permission denied/.test(result.stderr)) {
    // Folders that their owner may not write to either, as the source has them. Files are left as they are: other
    // snapshots have them too.
    const opened = ['find', path, '-xdev', '-type', 'd', '!', '-perm', '-u=rwx'];
    await host.exec([...opened, '-exec', 'chmod', 'u+rwx', '--', '{}', ';'], TO_THE_END);
    result = await host.exec(argv, TO_THE_END);
  }
  if ((await host.stat(path)) === null) return null;
  return result.stderr.split('\n')[0]?.trim() || 'something in it could not be removed';
}
