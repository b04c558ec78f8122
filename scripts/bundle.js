// Bundles the program into dist/bin: a few files to read instead of a thousand, so that it starts twice as fast.
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';

const OUT = 'dist/bin';
/** A bot that still runs may load the parts of the build that it was started from. */
const KEEP_MS = 24 * 60 * 60 * 1000;

const { metafile } = await build({
  entryPoints: [{ in: 'src/main.ts', out: 'chatops' }],
  outdir: OUT,
  bundle: true,
  // The command line reads only what its command needs.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: [
    // It loads a native module from its own folder.
    'libsql',
    // Fastify asks for them only where routes have schemas of its own kind, which ours have not.
    '@fastify/ajv-compiler',
    '@fastify/fast-json-stringify-compiler',
  ],
  // The same copy as discord.js has: as an ES module it would be there twice.
  alias: { '@discordjs/builders': resolve('node_modules/@discordjs/builders/dist/index.js') },
  // Text stays in memory. Names stay as they are: discord.js goes by them, and stack traces are read by people.
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
  banner: {
    js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
  },
});

const made = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const name of await readdir(OUT)) {
  const path = join(OUT, name);
  if (!made.has(name) && Date.now() - (await stat(path)).mtimeMs > KEEP_MS) await rm(path);
}
