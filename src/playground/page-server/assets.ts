import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const HERE = import.meta.url;
const ROOT = new URL(HERE.includes('/dist/src/') ? '../../../../' : '../../../', HERE);

/** Where the build puts the page: `dist/page` beside package.json. */
export const PAGE_DIR = fileURLToPath(new URL('dist/page/', ROOT));

interface Asset {
  readonly path: string;
  readonly type: string;
}

const ASSETS: Readonly<Record<string, Asset>> = {
  '/': { path: `${PAGE_DIR}index.html`, type: 'text/html; charset=utf-8' },
  '/main.js': { path: `${PAGE_DIR}main.js`, type: 'text/javascript; charset=utf-8' },
  '/styles.css': { path: `${PAGE_DIR}styles.css`, type: 'text/css; charset=utf-8' },
  '/docs/discord.md': {
    path: fileURLToPath(new URL('docs/discord.md', ROOT)),
    type: 'text/plain; charset=utf-8',
  },
};

/** A file of the page, read anew each time so that a build shows at once; null when there is none. */
export async function readAsset(
  path: string,
): Promise<{ readonly type: string; readonly body: Buffer } | null> {
  const asset = ASSETS[path];
  if (!asset) return null;
  try {
    return { type: asset.type, body: await readFile(asset.path) };
  } catch {
    return null;
  }
}
