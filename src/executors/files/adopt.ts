import { posix } from 'node:path';
import * as z from 'zod';
import type { FoundArchive } from '../../core/admission/adoption.js';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Host, HostError } from '../../core/ports/host.js';
import { lastLine } from '../shared/wording.js';
import { compressorsFor, readCommands } from './commands.js';
import { MANIFEST_SUFFIX } from './data.js';
import { memberReader } from './listing.js';
import { readArchiveName } from './names.js';

/** As manifests have it. */
export const ORIGIN = z.strictObject({
  host: z.literal('local'),
  kind: z.enum(['files', 'docker_volumes', 'plex', 'vm_proxmox', 'scale', 'rollout']),
  source: z.string(),
  destination: z.string(),
  shape: z.record(z.string(), z.string()),
});

/** What manifests say, also those of before origins were. */
const Manifest = z.object({
  archive: z.string(),
  intent: z.string(),
  run: z.string(),
  createdAt: z.iso.datetime(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.number(),
  files: z.number(),
  source: z.string(),
  origin: ORIGIN.optional(),
});

type Manifest = z.output<typeof Manifest>;

/** Reads an archive that the catalogue has lost to its last byte. */
export async function readArchive(host: Host, path: string): Promise<FoundArchive> {
  const name = posix.basename(path);
  const told = readArchiveName(name);
  if (told === null) return refused(phrase`Its name is none that ChatOps gives to an archive.`);
  const stat = await host.stat(path);
  if (stat === null) return refused(phrase`It isn’t there.`);
  if (stat.type === 'symlink') return refused(phrase`It is a symlink. Name the file that it leads to.`);
  if (stat.type !== 'file') return refused(phrase`It isn’t a file.`);
  const manifest = await manifestOf(host, path);
  if (manifest === 'broken') return refused(phrase`Its manifest can’t be read as one.`);
  if (manifest && manifest.archive !== name)
    return refused(phrase`Its manifest is that of ${code(manifest.archive)}.`);
  if (manifest && manifest.size !== stat.size) return refused(CHANGED);
  const sha256 = await hashOf(host, path);
  if (typeof sha256 !== 'string') return refused(sha256.why);
  if (manifest && manifest.sha256 !== sha256) return refused(CHANGED);
  const files = manifest ? manifest.files : await countOf(host, path);
  if (typeof files !== 'number') return refused(files.why);
  const kind = name.startsWith('plex_db_backup_') ? 'plex' : 'files';
  return {
    ok: true,
    as: 'archive',
    verified: 'read',
    size: stat.size,
    sha256,
    files,
    createdAt: manifest?.createdAt ?? told.at.toISOString(),
    kind,
    prefix: told.prefix,
    manifest: manifest && {
      intent: manifest.intent,
      run: manifest.run,
      origin: manifest.origin ?? null,
      source: manifest.source,
    },
  };
}

export const CHANGED = phrase`It isn’t what its manifest was written for: it was changed or damaged since.`;

/** Why it can't be taken. */
export function refused(why: Phrase): FoundArchive {
  return { ok: false, why };
}

async function manifestOf(host: Host, archive: string): Promise<Manifest | 'broken' | null> {
  const path = archive + MANIFEST_SUFFIX;
  if ((await host.stat(path)) === null) return null;
  try {
    return Manifest.parse(JSON.parse(await host.readText(path)));
  } catch (error) {
    if (error instanceof HostError) throw error;
    return 'broken';
  }
}

async function hashOf(host: Host, path: string): Promise<string | { readonly why: Phrase }> {
  const result = await host.exec(['sha256sum', '--binary', '--', path], { log: 'none' });
  const [, sha256] = /^\\?([0-9a-f]{64}) /.exec(result.stdout) ?? [];
  if (result.ok && sha256 !== undefined) return sha256;
  return { why: phrase`It can’t be read: ${code(lastLine(result.stderr))}.` };
}

/** Reads all of it; gives how many files are inside. */
async function countOf(host: Host, path: string): Promise<number | { readonly why: Phrase }> {
  const compress = path.endsWith('.gz') ? 'gzip' : path.endsWith('.zst') ? 'zstd' : 'none';
  const compressor = compressorsFor({ compress }).at(-1) ?? null;
  const memberIn = memberReader();
  let files = 0;
  const results = await host.pipe(readCommands(path, compressor), null, {
    onStdout: (line) => {
      const member = memberIn(line);
      if (member !== null && member.type !== 'd') files += 1;
    },
  });
  const failed = results.find(({ ok, stderr }) => !ok && stderr.trim() !== '');
  if (results.some(({ ok }) => !ok))
    return { why: phrase`It can’t be read to its end: ${code(lastLine(failed?.stderr ?? ''))}.` };
  return files > 0 ? files : { why: phrase`There are no files in it.` };
}
