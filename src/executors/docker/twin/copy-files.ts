import type { Host } from '../../../core/ports/host.js';
import { READ, whyFailed } from '../container.js';
import { foldersOf } from './injected.js';

const PATIENT = { ...READ, timeoutMs: 60_000 } as const;

/** Copies files from one container into another, folders included; no byte touches a disk of ours. Null, or why it failed. */
export async function copyFiles(
  host: Host,
  from: string,
  to: string,
  files: readonly string[],
): Promise<string | null> {
  if (files.length === 0) return null;
  const folders = [...new Set(files.flatMap(foldersOf))].sort();
  if (folders.length > 0) {
    const made = await host.exec(['docker', 'cp', '-', `${to}:/`], { ...PATIENT, stdin: tarOf(folders) });
    if (!made.ok) return whyFailed(made);
  }
  for (const file of files) {
    const folder = foldersOf(file).at(-1) ?? '/';
    const copied = await host.pipe(
      [
        ['docker', 'cp', '-a', `${from}:${file}`, '-'],
        ['docker', 'cp', '-a', '-', `${to}:${folder}`],
      ],
      null,
      { timeoutMs: PATIENT.timeoutMs, uninterruptible: true },
    );
    const failed = copied.find(({ ok }) => !ok);
    if (failed) return whyFailed(failed);
  }
  return null;
}

const BLOCK = 512;

/** An archive with nothing but folders in it, as tar(5) of POSIX has them. */
function tarOf(folders: readonly string[]): Uint8Array {
  return Buffer.concat([...folders.map(header), Buffer.alloc(2 * BLOCK)]);
}

function header(folder: string): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(`${folder.slice(1)}/`, 0, 100);
  block.write('0000755\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write('00000000000\0', 124);
  block.write('00000000000\0', 136);
  block.write('        5', 148);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((all, byte) => all + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
