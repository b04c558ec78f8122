import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface Disk {
  fill(): void;
  free(): void;
  end(): void;
}

/** A small file system in memory, which can really be full. Needs root. */
export function mountDisk(path: string, size: string): Disk {
  mkdirSync(path, { recursive: true });
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'chatops-test', path], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`no tmpfs could be mounted: ${stderr}`);
  const filler = join(path, 'filler');
  return {
    fill: () => void spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k', 'status=none']),
    free: () => rmSync(filler, { force: true }),
    end: () => void spawnSync('umount', ['--lazy', path]),
  };
}
