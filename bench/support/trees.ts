import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const IN_A_FOLDER = 1000;
const AT_ONCE = 64;

/** So many empty files, a thousand in each folder. */
export async function writeEmptyFiles(root: string, count: number): Promise<void> {
  for (let first = 0; first < count; first += IN_A_FOLDER) {
    const folder = join(root, `d${first / IN_A_FOLDER}`);
    await mkdir(folder, { recursive: true });
    const names = Array.from({ length: Math.min(IN_A_FOLDER, count - first) }, (_, file) =>
      join(folder, `f${file}`),
    );
    for (let at = 0; at < names.length; at += AT_ONCE) {
      await Promise.all(names.slice(at, at + AT_ONCE).map((name) => writeFile(name, '')));
    }
  }
}
