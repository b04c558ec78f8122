import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const found = new Map<string, string>();

/** A program of ours, from the sources as from what is built of them: it lies below the folder of package.json. */
export function builtProgram(name: string): string {
  const known = found.get(name);
  if (known !== undefined) return known;
  const path =
    ['..', '../..', '../../..']
      .map((up) => fileURLToPath(new URL(`${up}/dist/bin/${name}.js`, import.meta.url)))
      .find((candidate) => existsSync(candidate)) ?? `${name}.js`;
  found.set(name, path);
  return path;
}
