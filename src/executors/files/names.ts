import type { FilesFields } from '../../core/intent/fields.js';

const ENDINGS = { gzip: '.tar.gz', zstd: '.tar.zst', none: '.tar' } as const;

/** `<intent>_<yyyymmdd>_<hhmmss>.tar.gz` (or `.tar.zst`, `.tar`), in UTC. */
export function archiveName(intent: string, at: Date, compress: FilesFields['compress']): string {
  const [date = '', time = ''] = at.toISOString().replaceAll(/[-:]/g, '').slice(0, 15).split('T');
  return `${intent}_${date}_${time}${ENDINGS[compress]}`;
}

/** Is this the name of an archive that this intent could have made? */
export function isArchiveName(intent: string, name: string): boolean {
  return (
    name.startsWith(`${intent}_`) && /^\d{8}_\d{6}\.tar(\.gz|\.zst)?$/.test(name.slice(intent.length + 1))
  );
}
