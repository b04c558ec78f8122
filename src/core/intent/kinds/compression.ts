import { choiceOrSwitch, described, wholeNumber } from '../../documents/forms.js';
import type { CompressionFields } from '../../model/fields.js';
import type { Place } from './kind.js';

/** The highest level of each: of gzip and pigz, and of zstd without more memory than it needs to unpack. */
const HIGHEST = { gzip: 9, zstd: 19 } as const;

/** Fields of what becomes an archive. */
export const COMPRESSION = {
  compress: described(
    choiceOrSwitch(['gzip', 'zstd', 'none'], 'gzip', 'none').default('gzip'),
    'How the archive is compressed.',
    'zstd',
  ),
  compress_level: described(
    wholeNumber(1, HIGHEST.zstd).optional(),
    'How hard: 1 is the quickest; gzip goes up to 9, zstd to 19. Left out, gzip uses 1 and zstd 3.',
    1,
  ),
};

interface Written {
  readonly compress: CompressionFields['compress'];
  readonly compress_level?: number | undefined;
}

/** The executor's fields. A level becomes one only where somebody wrote it. */
export function compressionOf({ compress, compress_level }: Written, place: Place): CompressionFields {
  if (compress_level === undefined) return { compress };
  if (compress === 'none') {
    place.problem(
      ['compress_level'],
      'compress_level is there, but nothing is compressed.',
      'Remove compress_level, or write compress: zstd.',
    );
  } else if (compress_level > HIGHEST[compress]) {
    place.problem(
      ['compress_level'],
      `compress_level is ${compress_level}, but ${compress} goes from 1 to ${HIGHEST[compress]}.`,
      `Write a number from 1 to ${HIGHEST[compress]}.`,
    );
  }
  return { compress, compress_level };
}
