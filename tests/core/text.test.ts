import { describe, expect, test } from '@jest/globals';
import { code, phrase, plain } from '../../src/core/model/phrase.js';
import { newRunId } from '../../src/core/model/run-id.js';
import { Redactor } from '../../src/core/ports/redact.js';
import { RunLog } from '../../src/core/records/run-log.js';
import { formatBytes, formatCount, formatDuration } from '../../src/core/text/format.js';

describe('numbers with units', () => {
  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [633_339_904, '604 MiB'],
    [1_932_735_283, '1.8 GiB'],
    [1_048_575, '1.0 MiB'],
    [10_500_000_000_000, '9.5 TiB'],
    [-5, '0 B'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  test.each([
    [0, '0 s'],
    [400, '0.4 s'],
    [9999, '9.9 s'],
    [52_000, '52 s'],
    [59_600, '1 min'],
    [130_000, '2 min 10 s'],
    [3_600_000, '1 h'],
    [11_100_000, '3 h 5 min'],
    [12 * 86_400_000, '12 days'],
  ])('%d ms are %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  test('counts carry their noun', () => {
    expect([formatCount(1, 'file'), formatCount(20_000, 'file'), formatCount(2, 'copy', 'copies')]).toEqual([
      '1 file',
      '20,000 files',
      '2 copies',
    ]);
  });
});

test('phrases nest, and keep values apart from words', () => {
  const inner = phrase`${code('`rm`')} of ${1234}`;
  const outer = phrase`Step: ${inner}.`;
  expect(plain(outer)).toBe('Step: `rm` of 1,234.');
  expect(outer).toContainEqual({ code: '`rm`' });
});

describe('redaction', () => {
  const secret = 'p@ss/w"rd+1é';
  const redactor = new Redactor();
  redactor.add(secret);
  redactor.add('abc');

  test.each([
    ['as it is', secret],
    ['URL-encoded', encodeURIComponent(secret)],
    ['JSON-escaped', JSON.stringify(secret).slice(1, -1)],
    ['base64', Buffer.from(secret).toString('base64')],
    ['base64url', Buffer.from(secret).toString('base64url')],
    ['hex', Buffer.from(secret).toString('hex')],
  ])('hides a secret %s', (_, form) => {
    const text = redactor.text(`before ${form} after ${form}`);
    expect(text).not.toContain(form.replace(/=+$/, ''));
    expect(text).toMatch(/^before ••••=* after ••••=*$/);
  });

  test('reaches every string in plain data and leaves the rest', () => {
    expect(redactor.data({ a: [secret, 1, null, true], b: { c: `x${secret}` } })).toEqual({
      a: ['••••', 1, null, true],
      b: { c: 'x••••' },
    });
  });

  test('a JSON text shows of a secret as little as the data does', () => {
    const places = [[secret, 1, null, true], { c: `x${secret}` }, JSON.stringify({ secret })];
    for (const place of places) {
      expect(JSON.parse(redactor.json(place))).toEqual(redactor.data(place));
      expect(redactor.json(place)).toContain('••••');
    }
    expect(redactor.json({ nothing: 'secret' })).toBe('{"nothing":"secret"}');
  });

  test('a secret that looks like a part of a JSON text leaves that text whole', () => {
    const odd = new Redactor();
    odd.add('","b":"');
    const shown = { a: 'x', b: 'y', c: 'a "quoted","b":"part"' };
    expect(JSON.parse(odd.json(shown))).toEqual({ a: 'x', b: 'y', c: 'a "quoted••••part"' });
  });

  test('a secret inside a longer secret leaves nothing of the longer one', () => {
    const both = new Redactor();
    both.add('token');
    both.add('token-extended');
    expect(both.text('token-extended')).toBe('••••');
  });

  test('values too short to be told from words are left', () => {
    expect(redactor.text('abc')).toBe('abc');
  });
});

describe('a run’s log', () => {
  test('keeps its beginning and its end within about a megabyte', () => {
    const log = new RunLog((text) => text);
    for (let line = 0; line < 100_000; line += 1) log.add(`line ${line} ${'x'.repeat(40)}`);
    const text = log.text();
    expect(text.length).toBeLessThan(1_100_000);
    expect(text.startsWith('line 0 ')).toBe(true);
    expect(text).toMatch(/… \d+ lines left out …/);
    expect(log.last(1)[0]).toMatch(/^line 99999 /);
  });

  test('cuts a line of ten megabytes, and redacts before it cuts', () => {
    const redactor = new Redactor();
    redactor.add('S3CRET'.repeat(10));
    const log = new RunLog(redactor.text);
    log.add(`${'x'.repeat(4090)}${'S3CRET'.repeat(10)}${'y'.repeat(10_000_000)}`);
    expect(log.text().length).toBeLessThan(5000);
    expect(log.text()).not.toContain('S3CRET');
  });
});

test('run ids are short, typeable, and grow when they are taken', () => {
  for (let round = 0; round < 500; round += 1) expect(newRunId(0)).toMatch(/^r-[2-9a-hjkmnp-z]{4}$/);
  expect(newRunId(3)).toMatch(/^r-[2-9a-hjkmnp-z]{5}$/);
});
