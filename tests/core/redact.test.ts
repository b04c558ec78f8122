import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { Redactor } from '../../src/core/ports/redact.js';

const PEM = `-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj
MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu
-----END PRIVATE KEY-----
`;

function knowing(...secrets: readonly string[]): Redactor {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(secret);
  return redactor;
}

test('a secret of several lines is hidden line by line, whatever stands before each', () => {
  const { text } = knowing(PEM);
  for (const line of PEM.trim().split('\n')) {
    expect(text(`  key: ${line}`)).toBe('  key: ••••');
    expect(text(JSON.stringify({ line }))).toBe('{"line":"••••"}');
  }
  expect(text(PEM.replaceAll('\n', '\r\n'))).not.toMatch(/MIIE|MzEf/);
  expect(text(JSON.stringify(PEM))).not.toMatch(/MIIE|MzEf/);
});

test('short lines of a secret of several lines are ordinary words', () => {
  const { text } = knowing('{\n  "key": "0123456789abcdef"\n}\n');
  expect(text('{')).toBe('{');
  expect(text('"key": "0123456789abcdef"')).toBe('••••');
});

test.each([0, 1, 2, 3, 4, 5])(
  'base64 hides it with %d bytes before it, and with others after it',
  (before) => {
    const secret = 'correct-horse-battery';
    const { text } = knowing(secret);
    for (const form of ['base64', 'base64url'] as const) {
      for (const after of ['', 'x', 'yz', 'q?~']) {
        const encoded = Buffer.from(`${'ab?cd'.slice(0, before)}${secret}${after}`).toString(form);
        const shown = text(encoded);
        expect(shown).toContain('••••');
        const rest = shown.split('••••').map((part) => Buffer.from(part, form).toString('latin1'));
        expect(rest.join(' ')).not.toMatch(/corr|horse|batt|tery/);
      }
    }
  },
);

test('spaces as +, small and capital letters of percent and hex codes', () => {
  const { text } = knowing('two words/é');
  for (const form of [
    'two+words%2F%C3%A9',
    'two%20words%2f%c3%a9',
    Buffer.from('two words/é').toString('hex').toUpperCase(),
  ]) {
    expect(text(`<${form}>`)).toBe('<••••>');
  }
});

test('names of members are hidden as values are', () => {
  const { data, json } = knowing('hunter2-long');
  expect(data({ 'a hunter2-long': [{ 'hunter2-long': 1 }] })).toEqual({ 'a ••••': [{ '••••': 1 }] });
  expect(JSON.parse(json({ 'a hunter2-long': 1 }))).toEqual({ 'a ••••': 1 });
});

test('secrets that overlap leave nothing of either', () => {
  const { text } = knowing('abcdefgh', 'efghijkl', 'ijklmnop');
  expect(text('-abcdefghijklmnop-abcdefgh-')).toBe('-••••-••••-');
});

test('secrets that begin alike, or like nothing, are told apart', () => {
  const secrets = Array.from({ length: 300 }, (_, index) =>
    createHash('sha256')
      .update(String(index))
      .digest('base64')
      .slice(0, 4 + (index % 30)),
  );
  const { text } = knowing(...secrets);
  for (const secret of secrets) expect(text(`(${secret})`)).not.toContain(secret);
  const noise = randomBytes(3000).toString('hex').replaceAll(/[0-9]/g, ' ');
  expect(text(noise)).toBe(noise);
});

class Point {
  readonly x = 1;
}

const FOREIGN: readonly (readonly [string, unknown])[] = [
  ['a Date', new Date(0)],
  ['a Map', new Map([['hunter2-long', 1]])],
  ['a Set', new Set(['hunter2-long'])],
  ['a Buffer', Buffer.from('hunter2-long')],
  ['a Point', new Point()],
  ['a TypeError', new TypeError('hunter2-long')],
  ['a function', () => 'hunter2-long'],
  ['a symbol', Symbol('hunter2-long')],
  ['a bigint', 1n],
  ['a number without an end', Number.NaN],
];

test.each(FOREIGN)('%s is refused, however deep it is', (what, value) => {
  const { data, json } = knowing('hunter2-long');
  const holding = { a: [{ value }] };
  expect(() => data(holding as never)).toThrow(what);
  expect(() => json(holding)).toThrow(what);
});

test.each(FOREIGN)('%s neither breaks nor shows anything where that is told instead', (what, value) => {
  const told: string[] = [];
  const redactor = new Redactor((foreign) => told.push(foreign));
  redactor.add('hunter2-long');
  const shown = value instanceof Date ? '1970-01-01T00:00:00.000Z' : `(${what})`;
  expect(redactor.data({ a: [{ value }] } as never)).toEqual({ a: [{ value: shown }] });
  expect(JSON.parse(redactor.json({ a: [{ value }] }))).toEqual({ a: [{ value: shown }] });
  expect(told).toEqual([what, what]);
});

test('what is not plain data does not compile', () => {
  const { data } = new Redactor();
  const plain: { readonly a: string; readonly b?: readonly number[]; readonly c: null } = { a: '', c: null };
  expect(data(plain)).toEqual(plain);
  // @ts-expect-error a Date
  expect(() => data({ at: new Date() })).toThrow();
  // @ts-expect-error a Map
  expect(() => data([new Map()])).toThrow();
  // @ts-expect-error a function
  expect(() => data({ deep: { f: () => 1 } })).toThrow();
  // @ts-expect-error bytes
  expect(() => data({ file: Buffer.from('') })).toThrow();
  // @ts-expect-error an error
  expect(() => data({ error: new Error('') })).toThrow();
  // @ts-expect-error nobody knows what it is
  expect(data({ what: '' as unknown })).toEqual({ what: '' });
});

test('forty secrets cost one pass over a text', () => {
  const many = knowing(...Array.from({ length: 40 }, () => randomBytes(24).toString('base64url')));
  const line = 'sent 1,234,567 bytes  received 89 bytes  2,469,312.00 bytes/sec: some/folder/with/a/file.mkv';
  const took = (redact: (text: string) => string): number => {
    const start = process.cpuUsage().user;
    for (let round = 0; round < 50_000; round += 1) redact(`${line}${round}`);
    return process.cpuUsage().user - start;
  };
  const one = knowing('just-one-secret-here');
  took(one.text);
  expect(took(many.text)).toBeLessThan(5 * took(one.text) + 100_000);
});
