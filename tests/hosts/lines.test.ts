import { describe, expect, test } from '@jest/globals';
import { lineSplitter, MAX_LINE } from '../../src/hosts/lines.js';
import { tail } from '../../src/hosts/tail.js';

function split(...chunks: (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const splitter = lineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.write(Buffer.from(chunk));
  splitter.end();
  return lines;
}

describe('lines', () => {
  test.each([
    ['end at \\n, and the last one also without', ['a\nb'], ['a', 'b']],
    ['end at \\r, as progress displays do', ['\r 1%\r 2%\r 3%\n'], [' 1%', ' 2%', ' 3%']],
    ['end once at \\r\\n, also across chunks', ['a\r\nb\r', '\nc'], ['a', 'b', 'c']],
    ['may be empty', ['a\n\nb\n'], ['a', '', 'b']],
    ['may come in any pieces', ['on', 'e\ntw', 'o\n'], ['one', 'two']],
  ])('%s', (_name, chunks, lines) => {
    expect(split(...chunks)).toEqual(lines);
  });

  test('keep characters that are cut by a chunk, and replace invalid bytes', () => {
    const [head, rest] = [Buffer.from('ü').subarray(0, 1), Buffer.from('ü').subarray(1)];
    expect(split(head, rest, Buffer.from([0x0a, 0xff, 0x0a]))).toEqual(['ü', '\ufffd']);
  });

  test('are cut, and what follows is found again', () => {
    const [long, next] = split(...Array.from({ length: 100 }, () => 'x'.repeat(10_000)), '\nnext\n');
    expect(long).toBe('x'.repeat(MAX_LINE));
    expect(next).toBe('next');
  });
});

describe('a tail', () => {
  test('keeps the last bytes, whatever the pieces', () => {
    const kept = tail(10);
    for (let index = 0; index < 1000; index += 1) kept.write(Buffer.from(`${index},`));
    expect(kept.text()).toBe('7,998,999,');
    kept.write(Buffer.from('a piece longer than the limit'));
    expect(kept.text()).toBe(' the limit');
  });
});
