import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

interface Import {
  readonly file: string;
  /** A path from the root for our own files, else the package's name. */
  readonly target: string;
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`);
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const specifiers = [
    ...text.matchAll(/^(?:import|export)\s[^'";]*?from\s+'([^']+)'/gm),
    ...text.matchAll(/^import\s+'([^']+)'/gm),
    ...text.matchAll(/\bimport\(\s*'([^']+)'/g),
  ].map((match) => match[1] ?? '');
  return specifiers.map((specifier) => ({
    file,
    target: specifier.startsWith('.')
      ? relative(ROOT, resolve(dirname(join(ROOT, file)), specifier)).replace(/\.js$/, '.ts')
      : specifier,
  }));
}

const files = [...sources('src'), ...sources('commands')];
const imports = files.flatMap(importsOf);

/** Where a file belongs; the first match counts. */
function room(path: string): string {
  const rooms: readonly [string, RegExp][] = [
    ['main', /^src\/(main|app|bot|checkup|ending|log|policy-log|side-port)\.ts$/],
    ['cli', /^src\/(cli\.ts$|cli\/)/],
    ['config', /^src\/config(\.ts$|\/)/],
    ['core', /^src\/core\//],
    ['doctor', /^src\/doctor(\.ts$|\/)/],
    ['executors', /^src\/executors\//],
    ['hosts', /^src\/hosts\//],
    ['limits', /^src\/limits\//],
    ['store', /^src\/store\//],
    ['discord', /^src\/surfaces\/discord\//],
    ['http', /^src\/surfaces\/http\//],
    ['scheduler', /^src\/surfaces\/scheduler/],
    ['playground', /^src\/playground\//],
    ['commands', /^commands\//],
  ];
  return rooms.find(([, pattern]) => pattern.test(path))?.[0] ?? 'outside';
}

/** Which other rooms of our own a room may import from. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  main: [
    'cli',
    'config',
    'core',
    'doctor',
    'executors',
    'hosts',
    'limits',
    'store',
    'discord',
    'http',
    'scheduler',
    'playground',
  ],
  cli: ['core'],
  config: ['core'],
  core: [],
  // The doctor looks at everything, so it knows much; only main knows it.
  doctor: ['core', 'config', 'executors', 'discord'],
  executors: ['core'],
  hosts: ['core'],
  limits: ['core'],
  store: ['core'],
  discord: ['core', 'commands'],
  http: ['core'],
  scheduler: ['core'],
  playground: [],
  commands: ['core'],
};

/** The core's rooms; each imports only from those before it. */
const FLOORS = [
  'text',
  'model',
  'ports',
  'faults',
  'documents',
  'conditions',
  'intent',
  'policy',
  'access',
  'records',
  'schedule',
  'admission',
  'planning',
  'approval',
  'execution',
  'recovery',
  'incidents',
  'views',
  'pipeline.ts',
];

function floor(path: string): number {
  return FLOORS.indexOf(path.split('/')[2] ?? '');
}

describe('imports point one way', () => {
  test('every source file is in a known room, and the scan sees imports', () => {
    expect(files.filter((file) => room(file) === 'outside')).toEqual([]);
    expect(imports.length).toBeGreaterThan(20);
  });

  test('no room imports from a room it may not know', () => {
    const wrong = imports
      .filter(({ target }) => /^(src|commands)\//.test(target))
      .filter(({ file, target }) => room(file) !== room(target))
      .filter(({ file, target }) => !MAY_IMPORT[room(file)]?.includes(room(target)))
      .map(({ file, target }) => `${file} → ${target}`);
    expect(wrong).toEqual([]);
  });

  test('a room of the core imports only from rooms below it', () => {
    expect(files.filter((file) => room(file) === 'core' && floor(file) < 0)).toEqual([]);
    const wrong = imports
      .filter(({ file, target }) => room(file) === 'core' && room(target) === 'core')
      .filter(({ file, target }) => floor(target) > floor(file))
      .map(({ file, target }) => `${file} → ${target}`);
    expect(wrong).toEqual([]);
  });

  test('no file reaches itself through its imports, types included', () => {
    const all = new Map(files.map((file) => [file, importsOf(file).map(({ target }) => target)]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      } else if (!done.has(file)) {
        for (const target of all.get(file) ?? []) visit(target, [...path, file]);
        done.add(file);
      }
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });

  test('nothing that ships imports what tests, proofs and measures it', () => {
    const wrong = imports.filter(({ target }) => /^(tests|prove|bench)\//.test(target));
    expect(wrong).toEqual([]);
  });

  test.each([
    ['core', /^(node:.+|zod|yaml|liquidjs|croner|re2js)$/],
    ['commands', /^(zod|@discordjs\/builders|discord-api-types\/.+)$/],
  ])('%s imports only the packages it is allowed', (name, allowed) => {
    const wrong = imports
      .filter(({ file, target }) => room(file) === name && !/^(src|commands)\//.test(target))
      .filter(({ target }) => !allowed.test(target))
      .map(({ file, target }) => `${file} → ${target}`);
    expect(wrong).toEqual([]);
  });

  test.each([
    ['execa', /^src\/hosts\//],
    ['libsql', /^src\/store\/sqlite/],
    ['discord.js', /^(src\/surfaces\/discord|commands)\//],
    ['prom-client', /^src\/surfaces\/http\//],
    ['fastify', /^src\/surfaces\/http\//],
    ['ioredis', /^src\/(limits|surfaces\/http\/access)\//],
    ['ws', /^src\/playground\//],
    ['liquidjs', /^src\/core\/documents\/template\.ts$/],
    ['croner', /^src\/core\/documents\/cron\.ts$/],
    ['re2js', /^src\/core\/documents\/pattern\.ts$/],
  ])('%s is imported in its own room only', (name, allowed) => {
    const wrong = imports.filter(({ file, target }) => target === name && !allowed.test(file));
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  test.each(['executors', 'doctor'])(
    '%s reach the world through what they are given, never by themselves',
    (name) => {
      const wrong = imports
        .filter(({ file }) => room(file) === name)
        .filter(({ target }) => /^(node:(fs|child_process|net|http|https)(\/.*)?|execa)$/.test(target));
      expect(wrong.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
    },
  );
});
