import type { DockerVolumesFields } from '../../core/model/fields.js';
import type { Host } from '../../core/ports/host.js';
import { nameList } from './at-destination.js';
import type { Listing } from './listing.js';

/**
 * Bytes that are needed at the destination: where holes are kept, what the files hold on the disk of the source; else
 * their sizes.
 * @param real the source, resolved
 */
export async function neededBytes(
  { options }: Pick<DockerVolumesFields, 'options'>,
  { sent, neededBytes: apparent }: Pick<Listing, 'sent' | 'neededBytes'>,
  real: string,
  host: Host,
): Promise<number> {
  if (!options.includes('--sparse') || sent.length === 0) return apparent;
  const argv = ['du', '--null', '--block-size=1', '--count-links', '--files0-from=-'];
  const sizes: number[] = [];
  const { ok, stdout } = await host.exec(argv, {
    env: { LC_ALL: 'C' },
    cwd: real,
    stdin: nameList(sent.map(({ name }) => `./${name}`)),
    log: 'none',
    keep: 256 * 1024 * 1024,
  });
  // What has vanished meanwhile is not listed: then there is no telling which size belongs to which file.
  for (const entry of stdout.split('\0')) if (entry !== '') sizes.push(Number.parseInt(entry, 10));
  if (!ok || sizes.length !== sent.length) return apparent;
  let fresh = 0;
  let largestChange = 0;
  sent.forEach(({ size, isNew }, index) => {
    const held = Math.min(size, sizes[index] ?? size);
    if (isNew) fresh += held;
    else largestChange = Math.max(largestChange, held);
  });
  return fresh + largestChange;
}
