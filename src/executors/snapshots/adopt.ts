import { posix } from 'node:path';
import * as z from 'zod';
import type { FoundArchive } from '../../core/admission/adoption.js';
import { LEVELS } from '../../core/model/artifact.js';
import { code, phrase } from '../../core/model/phrase.js';
import { type Host, HostError } from '../../core/ports/host.js';
import { CHANGED, ORIGIN, refused } from '../files/adopt.js';
import { MANIFEST_SUFFIX } from '../files/data.js';
import { countTrees } from './count.js';
import { readSnapshotName } from './names.js';

const MANIFEST = z.object({
  snapshot: z.string(),
  intent: z.string(),
  run: z.string(),
  createdAt: z.iso.datetime(),
  files: z.number(),
  bytes: z.number(),
  verified: z.enum(LEVELS),
  source: z.string(),
  origin: ORIGIN.optional(),
});

type Manifest = z.output<typeof MANIFEST>;

/** Counts what a snapshot holds, which must be what its manifest says. */
export async function readSnapshot(host: Host, path: string): Promise<FoundArchive> {
  const name = posix.basename(path);
  const stat = await host.stat(path);
  if (stat === null) return refused(phrase`It isn’t there.`);
  if (stat.type === 'symlink') return refused(phrase`It is a symlink. Name the folder that it leads to.`);
  if (stat.type !== 'directory') return refused(phrase`It isn’t a folder.`);
  const manifest = await manifestOf(host, path);
  if (manifest === 'broken') return refused(phrase`Its manifest can’t be read as one.`);
  if (manifest && manifest.snapshot !== name)
    return refused(phrase`Its manifest is that of ${code(manifest.snapshot)}.`);
  const counted = await countTrees(host, [path]);
  if (counted === null) return refused(phrase`Not all of it can be read.`);
  const { files, bytes } = counted;
  if (files === 0) return refused(phrase`There are no files in it.`);
  if (manifest && (manifest.files !== files || manifest.bytes !== bytes)) return refused(CHANGED);
  return {
    ...{ ok: true, as: 'snapshot', kind: 'files', sha256: null, prefix: '' },
    ...{ size: bytes, files },
    // Without a manifest nobody can say that it is complete.
    verified: manifest?.verified ?? 'none',
    createdAt: manifest?.createdAt ?? (readSnapshotName(name) ?? new Date(stat.mtimeMs)).toISOString(),
    manifest: manifest && {
      intent: manifest.intent,
      run: manifest.run,
      origin: manifest.origin ?? null,
      source: manifest.source,
    },
  };
}

async function manifestOf(host: Host, snapshot: string): Promise<Manifest | 'broken' | null> {
  const path = snapshot + MANIFEST_SUFFIX;
  if ((await host.stat(path)) === null) return null;
  try {
    return MANIFEST.parse(JSON.parse(await host.readText(path)));
  } catch (error) {
    if (error instanceof HostError) throw error;
    return 'broken';
  }
}
