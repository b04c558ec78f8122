import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFileSync } from '@swc/core';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Compiles the store, what it imports and these tests' child program into `target`, for plain node. */
export function compileStore(target: string): void {
  for (const folder of ['src/core', 'src/store', 'tests/store']) {
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue;
      const output = join(target, folder, name.replace(/\.ts$/, '.js'));
      mkdirSync(dirname(output), { recursive: true });
      writeFileSync(output, compile(join(ROOT, folder, name)));
    }
  }
  writeFileSync(join(target, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(ROOT, 'node_modules'), join(target, 'node_modules'));
}

function compile(file: string): string {
  return transformFileSync(file, {
    swcrc: false,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'es6' },
  }).code;
}
