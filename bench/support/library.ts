import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const POOL_BYTES = 192 * 1024 * 1024;
const BLOCK = 64 * 1024;
/** This share of the blocks can't be compressed, as posters and blobs can't. */
const RANDOM_SHARE = 0.2;
const FOLDERS = 200;

/**
 * Fills a folder with files such as a media server keeps: rows of text with numbers in them, and blocks that
 * are compressed already. Every file is a piece of one pool from a place of its own, so that no compressor
 * finds the same piece again within its window.
 */
export async function writeLibrary(dir: string, files: number, bytes: number): Promise<void> {
  const pool = makePool();
  const size = Math.round(bytes / files);
  for (let folder = 0; folder < FOLDERS; folder += 1) {
    await mkdir(join(dir, `shelf-${folder}`), { recursive: true });
  }
  for (let index = 0; index < files; index += 1) {
    // A step that is prime to everything near it spreads the pieces over the pool.
    const at = (index * 7_368_787) % (POOL_BYTES - size);
    await writeFile(join(dir, `shelf-${index % FOLDERS}`, `item-${index}`), pool.subarray(at, at + size));
  }
}

function makePool(): Buffer {
  const pool = Buffer.alloc(POOL_BYTES);
  for (let at = 0; at < POOL_BYTES; at += BLOCK) {
    const block = Math.random() < RANDOM_SHARE ? randomBytes(BLOCK) : Buffer.from(rows(), 'latin1');
    block.copy(pool, at);
  }
  return pool;
}

const WORDS = 'title album season episode rating studio writer summary viewed added updated duration'.split(
  ' ',
);

/** One block of rows such as `<field name="title" id="417"/>`. */
function rows(): string {
  let text = '';
  while (text.length < BLOCK) {
    const word = WORDS[Math.floor(Math.random() * WORDS.length)];
    text += `<field name="${word}" id="${Math.floor(Math.random() * 1000)}"/>\n`;
  }
  return text;
}
