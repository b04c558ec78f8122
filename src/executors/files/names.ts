import type { FilesFields } from '../../core/model/fields.js';
import { MANIFEST_SUFFIX } from './data.js';

const ENDINGS = { gzip: '.tar.gz', zstd: '.tar.zst', none: '.tar' } as const;

/** What people's parameters become in a name; see `labelOf`. */
const LABEL = '[A-Za-z0-9.+-]+';
const STAMP = '(\\d{8})_(\\d{6})';
/** What comes after the prefix: perhaps a label, day and time, perhaps a label, perhaps a number. */
const REST = new RegExp(`^(?:(${LABEL})_)?${STAMP}(?:_${LABEL})?(?:-\\d+)?\\.tar(?:\\.gz|\\.zst)?$`);
const ARCHIVE = new RegExp(`^(.+?)_${STAMP}(?:_${LABEL})?(?:-\\d+)?\\.tar(?:\\.gz|\\.zst)?$`);

/**
 * `<prefix>_<yyyymmdd>_<hhmmss>.tar.gz` (or `.tar.zst`, `.tar`), in UTC.
 * @param label comes after the time; that of a `files` backup is part of the prefix
 */
export function archiveName(prefix: string, at: Date, compress: FilesFields['compress'], label = ''): string {
  return `${prefix}_${stampOf(at)}${label === '' ? '' : `_${label}`}${ENDINGS[compress]}`;
}

/** `<yyyymmdd>_<hhmmss>`, in UTC. */
export function stampOf(at: Date): string {
  return at.toISOString().replaceAll(/[-:]/g, '').slice(0, 15).replace('T', '_');
}

/** Is this the name of an archive that this intent could have made? */
export function isArchiveName(intent: string, name: string): boolean {
  return name.startsWith(`${intent}_`) && REST.test(name.slice(intent.length + 1));
}

/** What an archive's name tells; null: it is none of ours. */
export function readArchiveName(name: string): { readonly prefix: string; readonly at: Date } | null {
  const [, prefix, day = '', time = ''] = ARCHIVE.exec(name) ?? [];
  if (prefix === undefined) return null;
  const date = day.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
  const at = new Date(`${date}T${time.replace(/^(\d\d)(\d\d)(\d\d)$/, '$1:$2:$3')}Z`);
  return Number.isNaN(at.getTime()) ? null : { prefix, at };
}

/** What archives, their partials and their manifests have in common, whatever the compression. */
export function stemOf(name: string): string {
  const archive = name.replace(/\.partial$/, '');
  const bare = archive.endsWith(MANIFEST_SUFFIX) ? archive.slice(0, -MANIFEST_SUFFIX.length) : archive;
  return bare.replace(/\.tar(\.gz|\.zst)?$/, '');
}

/** The same name with this number before its ending, in place of the one that it has: `photos_…-2.tar.gz`. */
export function numbered(archive: string, number: number): string {
  if (number === 1) return archive;
  return archive.replace(/(_\d{6})?(?:(?<=_\d{6})-\d+)?(?=\.tar(\.gz|\.zst)?$)/, `$1-${number}`);
}
