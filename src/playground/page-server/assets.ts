import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Where the build puts the page, in the package's folder. */
const PAGE = 'dist/page/';

const ASSETS: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  '/': { file: `${PAGE}index.html`, type: 'text/html; charset=utf-8' },
  '/main.js': { file: `${PAGE}main.js`, type: 'text/javascript; charset=utf-8' },
  '/styles.css': { file: `${PAGE}styles.css`, type: 'text/css; charset=utf-8' },
  '/docs/discord.md': { file: 'docs/discord.md', type: 'text/plain; charset=utf-8' },
};

/** The folder of the page's files. `root` is the package's folder. */
export function pageDir(root: URL): string {
  return fileURLToPath(new URL(PAGE, root));
}

/** A file of the page, read anew each time so that a build shows at once; null when there is none. */
export async function readAsset(
  root: URL,
  path: string,
): Promise<{ readonly type: string; readonly body: Buffer } | null> {
  const asset = ASSETS[path];
  if (!asset) return null;
  try {
    return { type: asset.type, body: await readFile(new URL(asset.file, root)) };
  } catch {
    return null;
  }
}
