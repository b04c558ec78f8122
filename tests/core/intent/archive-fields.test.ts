import { describe, expect, test } from '@jest/globals';
import { readIntent } from '../../../src/core/intent/read-intent.js';

const HEAD = 'action: backup\ndestination: /srv/backups\n';
const KINDS: readonly (readonly [kind: string, text: string])[] = [
  ['files', `${HEAD}backup_type: files\nsource: /srv/photos\n`],
  ['plex', `${HEAD}backup_type: plex\n`],
];

describe('verify of files', () => {
  const read = (more: string) =>
    readIntent(`${HEAD}backup_type: files\nsource: /srv/photos\n${more}`, '/etc/chatops/intents/photos.yaml');

  test('is the executor’s where snapshots are kept, and no field when it is the default', () => {
    const fields = (more: string) => read(`link_dest: true\n${more}`).intent?.steps[0]?.fields;
    expect(fields('verify: checksum\n')).toMatchObject({ verify: 'checksum' });
    expect(fields('verify: size_and_time\n')).not.toHaveProperty('verify');
  });

  test.each(['checksum', 'size_and_time'])('%s is refused for an archive, with the way out', (value) => {
    const { intent, problems } = read(`verify: ${value}\n`);
    expect(intent).toBeNull();
    expect(problems).toMatchObject([
      {
        field: 'verify',
        message: 'verify is for snapshots, and archives are always read back to the last byte.',
        hint: 'Remove verify, or add link_dest: true to keep snapshots.',
      },
    ]);
  });
});

describe.each(KINDS)('compress_level of %s', (_, text) => {
  const read = (more: string) => readIntent(`${text}${more}`, '/etc/chatops/intents/photos.yaml');

  test('is the executor’s when it is written, and no field when it is not', () => {
    expect(read('compress: zstd\ncompress_level: 19\n').intent?.steps[0]?.fields).toMatchObject({
      compress: 'zstd',
      compress_level: 19,
    });
    expect(read('compress: zstd\n').intent?.steps[0]?.fields).not.toHaveProperty('compress_level');
  });

  test.each([
    ['compress: gzip\ncompress_level: 10\n', 'compress_level is 10, but gzip goes from 1 to 9.'],
    ['compress: none\ncompress_level: 1\n', 'compress_level is there, but nothing is compressed.'],
  ])('%j is refused', (more, message) => {
    const { intent, problems } = read(more);
    expect(intent).toBeNull();
    expect(problems).toMatchObject([{ field: 'compress_level', message }]);
  });

  test.each(['0', '20', '1.5', 'fast'])('%s is no level', (level) => {
    expect(read(`compress: zstd\ncompress_level: ${level}\n`).problems).toMatchObject([
      { field: 'compress_level' },
    ]);
  });
});
