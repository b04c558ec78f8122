import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { End } from '../under-test.js';

const ARCHIVE = /\.tar(\.gz|\.zst)?$/;

/**
 * What is wrong with a folder of archives: something half-done in it; an archive that the catalogue or a manifest lacks, or
 * has otherwise; old ones gone without a new one; a success without its archive. `old` are the names of before.
 */
export function wrongArchives(folder: string, old: readonly string[], end: End | null): readonly string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const archives = names.filter((name) => ARCHIVE.test(name));
  const manifests = names.filter((name) => name.endsWith('.manifest.json'));
  const strange = names.filter((name) => !archives.includes(name) && !manifests.includes(name));
  const wrong = strange.map((name) => `half-done: ${name}`);
  if (end === null) return wrong;

  const listed = end.artifacts.map(({ path }) => basename(path));
  const withoutManifest = archives.filter((name) => !manifests.includes(`${name}.manifest.json`));
  const isWarned = (end.run?.outcome?.warnings.length ?? 0) > 0;
  wrong.push(
    ...archives.filter((name) => !listed.includes(name)).map((name) => `the catalogue lacks ${name}`),
    ...listed.filter((name) => !archives.includes(name)).map((name) => `only the catalogue has ${name}`),
    ...(isWarned
      ? []
      : withoutManifest.map((name) => `without a manifest, and nothing is said of it: ${name}`)),
    ...(isWarned ? [] : manifests)
      .filter((name) => !archives.includes(name.replace('.manifest.json', '')))
      .map((name) => `a manifest without its archive: ${name}`),
  );
  for (const { path, sha256 } of end.artifacts) {
    if (existsSync(path) && hash(path) !== sha256) wrong.push(`another sha256 than the catalogue's: ${path}`);
  }
  for (const name of archives.filter((archive) => manifests.includes(`${archive}.manifest.json`))) {
    const manifest = JSON.parse(readFileSync(join(folder, `${name}.manifest.json`), 'utf8'));
    if (manifest.sha256 !== hash(join(folder, name)))
      wrong.push(`another sha256 than the manifest's: ${name}`);
  }
  const made = archives.filter((name) => !old.includes(name));
  const gone = old.filter((name) => !archives.includes(name));
  if (gone.length > 0 && made.length === 0) wrong.push(`gone without a new one: ${gone.join(', ')}`);
  if (end.succeeded && made.length !== 1) wrong.push(`succeeded with ${made.length} new archives`);
  return wrong;
}

/** The archives in a folder that weren't there before, as paths. */
export function newArchives(folder: string, old: readonly string[]): readonly string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => ARCHIVE.test(name) && !old.includes(name)).map((name) => join(folder, name));
}

export function archivesIn(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => ARCHIVE.test(name));
}

function hash(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
