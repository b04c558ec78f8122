import { describe, expect, test } from '@jest/globals';
import { type Button, type List, withinLimits } from '../../../src/surfaces/discord/render/fit.js';

function list(count: number, show: number, length = 10): List {
  return {
    items: Array.from({ length: count }, (_, index) => String(index).padEnd(length, '.')),
    show,
    more: (hidden) => `and ${hidden} more`,
    file: () => ({ name: 'all.txt', text: 'everything\n', keep: 'start' }),
  };
}

function described(...blocks: (string | List)[]) {
  const message = withinLimits({ embeds: [{ color: 0, blocks }] });
  return { lines: message.embeds[0]?.description?.split('\n') ?? [], files: message.files };
}

describe('withinLimits', () => {
  test('a short list stands whole, without a file', () => {
    const { lines, files } = described('head', list(3, 5));
    expect(lines).toEqual(['head', '0.........', '1.........', '2.........']);
    expect(files).toEqual([]);
  });

  test('a long list is shortened, says so, and is attached whole', () => {
    const { lines, files } = described(list(9, 2), 'tail');
    expect(lines).toEqual(['0.........', '1.........', 'and 7 more', 'tail']);
    expect(files.map(({ name }) => name)).toEqual(['all.txt']);
  });

  test('lists share the room: a hungry one leaves the next its half, and no line is cut', () => {
    const { lines } = described(list(100, 100, 100), list(100, 100, 100), 'end');
    const first = lines.findIndex((line) => line.startsWith('and '));
    const second = lines.findLastIndex((line) => line.startsWith('and '));
    expect(first).toBeGreaterThan(15);
    expect(second - first).toBeGreaterThan(15);
    expect(lines.at(-1)).toBe('end');
    expect(lines.every((line) => line.length === 100 || /^(and \d+ more|end)$/.test(line))).toBe(true);
  });

  test('several embeds share 6000 characters, and the last one is not the one that loses', () => {
    const blocks = [list(100, 100, 100)];
    const { embeds } = withinLimits({
      embeds: [
        { color: 0, blocks },
        { color: 0, blocks },
      ],
    });
    const [first = 0, last = 0] = embeds.map(({ description = '' }) => description.length);
    expect(first + last).toBeLessThanOrEqual(6000);
    expect(last).toBeGreaterThan(3900);
    expect(first).toBeGreaterThan(1500);
  });

  test('five buttons in a row', () => {
    const button: Button = { id: 'x', label: 'l'.repeat(200), style: 'go' };
    const { components } = withinLimits({ embeds: [], buttons: Array.from({ length: 7 }, () => button) });
    expect(components.map((row) => row.components.length)).toEqual([5, 2]);
  });

  test('a file that is too big keeps the wanted end, from a line’s boundary', () => {
    const text = `first\n${'middle\n'.repeat(2_000_000)}last\n`;
    const file = (keep: 'start' | 'end') =>
      withinLimits({ embeds: [], files: [{ name: 'x', text, keep }] }).files[0]?.data.toString() ?? '';
    const start = file('start').split('\n');
    expect(start[0]).toBe('first');
    expect(start.at(-2)).toMatch(/^\[too big for Discord: only the start of 14000011 bytes\]$/);
    expect(start.at(-3)).toBe('middle');
    const end = file('end').split('\n');
    expect(end[0]).toMatch(/^\[too big for Discord: only the end/);
    expect(end[1]).toBe('middle');
    expect(end.at(-2)).toBe('last');
  });
});
