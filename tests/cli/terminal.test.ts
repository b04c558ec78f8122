import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { clean, createStyle, cut, table, width } from '../../src/cli/text.js';
import { phrase } from '../../src/core/model/phrase.js';
import { Installation } from './harness.js';

let here: Installation;
beforeEach(async () => {
  here = await Installation.create();
});
afterEach(() => here.remove());

const ESC = '\u001b';
/** Text of a terminal without colours and redrawn lines' controls. */
const SGR = new RegExp(`${ESC}\\[\\d+m`, 'g');

function progressing(at: (step: number) => void) {
  here.work.titles = [phrase`Copy 2.0 GiB.`];
  here.work.run = async (ctx) => {
    ctx.step(0, 'running');
    for (let tick = 1; tick <= 10; tick += 1) {
      at(tick);
      const current = `dir/${ESC}[31mred \u0007\u202e${'x'.repeat(200)}`;
      ctx.progress({ done: tick * 200 * 2 ** 20, total: 2000 * 2 ** 20, unit: 'bytes', current });
    }
    ctx.step(0, 'done');
    return {};
  };
}

function advance(ms: number): void {
  here.now = new Date(here.now.getTime() + ms);
}

describe('progress', () => {
  test('on a terminal: one line redrawn, never wider than the terminal, then gone', async () => {
    progressing(() => advance(2000));
    const { out } = await here.run(['run', 'photos', '--yes'], { tty: true, columns: 70 });
    const drawn = out.split('\r').slice(1);
    const frames = drawn.map((frame) => (frame.split('\n')[0] ?? '').replace(`${ESC}[K`, ''));
    const bars = frames.filter((frame) => /^[█░]/.test(frame));
    expect(bars.length).toBe(11);
    expect(bars.every((frame) => width(frame) <= 69)).toBe(true);
    expect(bars[5]).toMatch(/^█{9}░{9} 50 % · 1000 MiB of 2\.0 GiB · 10 s, about 10 s lef…$/);
    expect(frames.at(-1)).toContain('✓');
    expect(out).not.toContain('\u202e');
    expect(out).not.toContain('\u0007');
  });

  test('a wide terminal shows times and the file, made harmless', async () => {
    progressing(() => advance(2000));
    const { out } = await here.run(['run', 'photos', '--yes'], { tty: true, columns: 400 });
    expect(out).toContain(
      '50 % · 1000 MiB of 2.0 GiB · 10 s, about 10 s left · 100 MiB/s · step 1 of 1 · dir/red \\u0007\\u202exxx',
    );
  });

  test('in a pipe: no more than one line in 5 s, no control characters', async () => {
    progressing(() => advance(2000));
    const { out } = await here.run(['run', 'photos', '--yes']);
    expect(out.split('\n').filter((line) => line.includes(' % · '))).toEqual([
      '  30 % · 600 MiB of 2.0 GiB · 6 s, about 15 s left · 100 MiB/s · step 1 of 1',
      '  60 % · 1.2 of 2.0 GiB · 12 s, about 8 s left · 100 MiB/s · step 1 of 1',
      '  90 % · 1.8 of 2.0 GiB · 18 s, about 2 s left · 100 MiB/s · step 1 of 1',
    ]);
    expect(out).not.toContain('\r');
    expect(out).not.toContain(ESC);
  });

  test('a step that is stuck is told once, in a log too', async () => {
    here.work.run = async (ctx) => {
      ctx.step(0, 'running');
      ctx.progress({ done: 1, total: 10, unit: 'files', current: 'a.db' });
      advance(40_000);
      await new Promise((resolve) => setTimeout(resolve, 2500));
      ctx.step(0, 'done');
      return {};
    };
    const { out } = await here.run(['run', 'photos', '--yes']);
    expect(out.split('\n').filter((line) => line.startsWith('⚠'))).toEqual([
      '⚠ Nothing moved for 40 s; last: a.db',
    ]);
  });

  test('with --json nothing of it is printed', async () => {
    progressing(() => advance(2000));
    const { out } = await here.run(['run', 'photos', '--yes', '--json'], { tty: true });
    expect(out.startsWith('{')).toBe(true);
    expect(out).not.toContain('\r');
  });
});

describe('colour', () => {
  test.each([
    ['a terminal', { tty: true }, true],
    ['a pipe', { tty: false }, false],
    ['NO_COLOR', { tty: true, env: { NO_COLOR: '1' } }, false],
    ['an empty NO_COLOR counts as unset', { tty: true, env: { NO_COLOR: '' } }, true],
    ['a dumb terminal', { tty: true, env: { TERM: 'dumb' } }, false],
    ['FORCE_COLOR is not looked at', { tty: false, env: { FORCE_COLOR: '1' } }, false],
  ])('%s', async (_case, options, coloured) => {
    const { out } = await here.run(['plan', 'photos'], options);
    expect(SGR.test(out)).toBe(coloured);
    SGR.lastIndex = 0;
    expect(out.replace(SGR, '')).toContain('Backup · photos');
  });
});

describe('hostile text', () => {
  const EVIL = `a${ESC}]0;title\u0007b${ESC}[2Jc\r\nd\u009b31me\u202ef`;

  test('in steps, deletions, outcomes and last lines', async () => {
    here.work.titles = [phrase`Copy ${{ code: EVIL }}.`];
    here.work.plan = { effects: [{ kind: 'delete', target: EVIL, paths: [EVIL] }] };
    here.work.run = async () => ({ state: 'failed', reason: 'command_failed', summary: [phrase`${EVIL}`] });
    const { out } = await here.run(['run', 'photos', '--yes']);
    const printable = out.replaceAll('\n', '');
    expect(/\p{Cc}|\u202e/u.test(printable)).toBe(false);
    expect(out.split('abc\\u000d\\u000adef').length + out.split('abc\\u000d\\u000ad').length).toBeGreaterThan(
      5,
    );
  });

  test('json carries it escaped, one value', async () => {
    here.work.titles = [phrase`Copy ${{ code: EVIL }}.`];
    const { value } = await here.json(['plan', 'photos']);
    expect(value.plan.parts[0].steps[0].title).toBe(`Copy ${EVIL}.`);
  });

  test('in an unknown intent’s name', async () => {
    const { exitCode, err } = await here.run(['plan', EVIL]);
    expect(exitCode).toBe(2);
    expect(/\p{Cc}|\u202e/u.test(err.replaceAll('\n', ''))).toBe(false);
  });
});

describe('text', () => {
  test('clean keeps ordinary text of every script', () => {
    expect(clean('Größe 写真 👩‍👩‍👧 ✅ 50 %\t|')).toBe('Größe 写真 👩‍👩‍👧 ✅ 50 % |');
  });

  test.each([
    ['plain', 5],
    ['写真', 4],
    ['✅ ok', 5],
    ['e\u0301', 1],
    ['', 0],
  ])('the width of %j is %i', (text, columns) => {
    expect(width(text)).toBe(columns);
  });

  test.each([
    ['short', 10, 'short'],
    ['exactly', 7, 'exactly'],
    ['too long', 5, 'too …'],
    ['写真写真', 5, '写真…'],
    ['写真写真', 4, '写…'],
    ['x', 0, ''],
  ])('cut(%j, %i)', (text, columns, expected) => {
    expect(cut(text, columns)).toBe(expected);
  });

  test('a table aligns wide characters and ends without blanks', () => {
    expect(
      table([
        ['写真', 'a', ''],
        ['x', 'bb', 'c'],
      ]),
    ).toEqual(['写真  a', 'x     bb  c']);
  });

  test('empty text gets no colour codes', () => {
    expect([createStyle(true).red(''), createStyle(true).red('x'), createStyle(false).red('x')]).toEqual([
      '',
      `${ESC}[31mx${ESC}[39m`,
      'x',
    ]);
  });
});
