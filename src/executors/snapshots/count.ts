import type { Host } from '../../core/ports/host.js';

/** What folders hold, counted from the disk. */
export interface Counted {
  /** Everything but folders. */
  readonly files: number;
  /** Of the regular files' contents, each counted once however many names it has. */
  readonly bytes: number;
  /** Of these, what has no name anywhere else. */
  readonly own: { readonly files: number; readonly bytes: number };
}

/** Type, bytes, names, identity. */
const LINE = /^(\S) (\d+) (\d+) (\S+)$/;

/**
 * Walks folders; null where that is not possible to the end. What has more names than were seen is a hard link to
 * something outside, such as another snapshot: that is what the disk says, whatever rsync did.
 */
export async function countTrees(host: Host, paths: readonly string[]): Promise<Counted | null> {
  if (paths.length === 0) return { files: 0, bytes: 0, own: { files: 0, bytes: 0 } };
  /** By identity, how many names were not seen yet. */
  const unseen = new Map<string, number>();
  const own = { files: 0, bytes: 0 };
  let files = 0;
  let bytes = 0;
  // The paths are absolute, so that find can't take one for an option.
  const result = await host.exec(['find', ...paths, '-xdev', '-printf', '%y %s %n %D:%i\\n'], {
    log: 'none',
    keep: 64 * 1024,
    onStdout: (line) => {
      const [, type, size, links, id = ''] = LINE.exec(line) ?? [];
      if (type === undefined || type === 'd') return;
      files += 1;
      const names = Number(links);
      const known = unseen.get(id);
      if (type === 'f' && known === undefined) bytes += Number(size);
      const left = (known ?? names) - 1;
      if (left > 0) unseen.set(id, left);
      else {
        unseen.delete(id);
        own.files += names;
        if (type === 'f') own.bytes += Number(size);
      }
    },
  });
  return result.ok ? { files, bytes, own } : null;
}
