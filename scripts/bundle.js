// Bundles the program into dist/bin: a few files to read instead of a thousand, so that it starts twice as fast.
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';

const OUT = 'dist/bin';
/** A bot that still runs may load the parts of the build that it was started from. */
const KEEP_MS = 24 * 60 * 60 * 1000;

const { outputFiles } = await build({
  write: false,
  entryPoints: [
    { in: 'src/main.ts', out: 'chatops' },
    // A process of its own, started by src/hosts/helper-process.ts.
    { in: 'src/hosts/file-helper.ts', out: 'file-helper' },
    // One in a pipeline, started by src/hosts/digest.ts.
    { in: 'src/hosts/digest-helper.ts', out: 'digest-helper' },
  ],
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
  // Text stays in memory. Names stay as they are: discord.js goes by those of classes.
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  sourcemap: true,
  logLevel: 'warning',
  banner: {
    js: [
      "import { createRequire } from 'node:module';",
      'const require = createRequire(import.meta.url);',
      "const __type = (type, value) => Object.defineProperty(type, 'name', { value, configurable: true });",
    ].join('\n'),
  },
});

/** How esbuild keeps names, of everything and of classes; and what is as long, so that source maps stay right. */
const NAMER = '__name=(target,value)=>__defProp(target,"name",{value,configurable:!0})';
const NO_NAMER = '__name=target=>target'.padEnd(NAMER.length);
const NAMED_CLASS = 'static{__name(this,';
const TYPED_CLASS = 'static{__type(this,';

// Only classes stay named. Naming a function wherever it is made, and many are made anew for each call, takes a tenth
// of the CPU.
const whole = outputFiles.map(({ path, text }) => (path.endsWith('.js') ? text : '')).join('');
if (whole.split(NAMER).length !== 2 || !whole.includes(NAMED_CLASS) || whole.includes('__name(class')) {
  throw new Error('esbuild keeps names in another way than is known here.');
}
await mkdir(OUT, { recursive: true });
for (const { path, text } of outputFiles) {
  const content = path.endsWith('.js')
    ? text.replace(NAMER, NO_NAMER).replaceAll(NAMED_CLASS, TYPED_CLASS)
    : text;
  await writeFile(path, content, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
}

const made = new Set(outputFiles.map(({ path }) => basename(path)));
for (const name of await readdir(OUT)) {
  const path = join(OUT, name);
  if (!made.has(name) && Date.now() - (await stat(path)).mtimeMs > KEEP_MS) await rm(path);
}
