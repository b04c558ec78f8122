import { mkdir, writeFile } from 'node:fs/promises';
import { arch, cpus, platform, totalmem } from 'node:os';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Figure, isMet } from './figures.js';

// From dist/bench/support/.
const FOLDER = new URL('../../../bench/results/', import.meta.url);

export interface PartRecord {
  readonly id: string;
  readonly title: string;
  readonly state: 'done' | 'skipped' | 'failed';
  readonly seconds: number;
  /** Why it was skipped or failed. */
  readonly reason?: string;
  readonly figures?: readonly Figure[];
  readonly raw?: unknown;
}

/** Keeps a run as one JSON file; resolves with its path from here. */
export async function writeResult(parts: readonly PartRecord[]): Promise<string> {
  const date = new Date().toISOString();
  const result = {
    date,
    node: process.version,
    platform: `${platform()} ${arch()}`,
    cpus: cpus().length,
    memoryBytes: totalmem(),
    parts: parts.map(({ figures, ...part }) => ({
      ...part,
      ...(figures ? { figures: figures.map((figure) => ({ ...figure, met: isMet(figure) })) } : {}),
    })),
  };
  await mkdir(FOLDER, { recursive: true });
  const file = fileURLToPath(new URL(`${date.slice(0, 19).replaceAll(':', '-')}Z.json`, FOLDER));
  await writeFile(file, `${JSON.stringify(result, null, 1)}\n`);
  return relative(process.cwd(), file);
}
