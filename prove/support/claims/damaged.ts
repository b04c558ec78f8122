import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Dice } from './dice.js';

/** An image of squashfs with damaged blocks: its file answers with an input/output error in the middle, as a dying disk does. */
export function makeDamaged(root: string): string {
  const [folder, image] = [join(root, 'good'), join(root, 'damaged.img')];
  mkdirSync(folder, { recursive: true });
  const dice = new Dice(1);
  writeFileSync(join(folder, 'fine'), dice.bytes(50_000));
  writeFileSync(
    join(folder, 'damaged'),
    Array.from({ length: 600_000 }, () => String.fromCharCode(97 + dice.below(11))).join(''),
  );
  const { status, stderr } = spawnSync(
    'mksquashfs',
    [folder, image, '-comp', 'gzip', '-quiet', '-no-progress'],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`mksquashfs: ${stderr}`);
  const bytes = readFileSync(image);
  for (let at = 100_000; at < 140_000; at += 1) bytes[at] = (bytes[at] ?? 0) ^ 0x5a;
  writeFileSync(image, bytes);
  rmSync(folder, { recursive: true });
  return image;
}
