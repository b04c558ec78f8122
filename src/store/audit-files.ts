import { createReadStream } from 'node:fs';
import { chown, mkdir, open, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import type { ChainedRow } from './audit-chain.js';

/** The folder beside the database that holds what was cut off at the beginning of the trail. */
export const FOLDER = 'audit';

const Line = z.object({
  seq: z.int(),
  previousHash: z.string(),
  hash: z.string(),
  entry: z.string(),
});

/** The name of the file that holds these rows. */
export function fileName(first: number, last: number): string {
  return `${String(first).padStart(9, '0')}-${String(last).padStart(9, '0')}.jsonl`;
}

/**
 * Writes rows as lines of JSON, through to the disk, and under their name only when they are complete.
 * @param pages the rows in their order
 */
export async function writeRows(
  dataDir: string,
  name: string,
  pages: AsyncIterable<readonly ChainedRow[]>,
): Promise<void> {
  const folder = join(dataDir, FOLDER);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  const handle = await open(`${path}.tmp`, 'w', 0o600);
  try {
    for await (const rows of pages) {
      await handle.appendFile(
        rows
          .map(
            ({ seq, previousHash, hash, entry }) => `${JSON.stringify({ seq, previousHash, hash, entry })}\n`,
          )
          .join(''),
      );
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  // A command run by root must not lock the bot's user out.
  if (process.getuid?.() === 0) {
    const { uid, gid } = await stat(dataDir);
    await Promise.all([chown(`${path}.tmp`, uid, gid), chown(folder, uid, gid)]);
  }
  await rename(`${path}.tmp`, path);
  const directory = await open(folder, 'r');
  await directory.sync().finally(() => directory.close());
}

/** The rows of such a file, a page at a time; null in the place of a line that is none. */
export async function* readRows(
  dataDir: string,
  name: string,
): AsyncGenerator<readonly (ChainedRow | null)[]> {
  let page: (ChainedRow | null)[] = [];
  for await (const line of createInterface({ input: createReadStream(join(dataDir, FOLDER, name)) })) {
    page.push(rowOf(line));
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  yield page;
}

const PAGE = 1000;

function rowOf(line: string): ChainedRow | null {
  try {
    return Line.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
