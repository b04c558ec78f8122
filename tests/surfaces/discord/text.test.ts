import { describe, expect, test } from '@jest/globals';
import { code, phrase } from '../../../src/core/model/phrase.js';
import { argvText } from '../../../src/surfaces/discord/render/commands.js';
import {
  codeBlock,
  escapeText,
  inlineCode,
  markdown,
  middle,
} from '../../../src/surfaces/discord/render/text.js';

describe('text for Discord', () => {
  test('ordinary sentences and names stay as they are', () => {
    const sentence =
      'Copy 1.8 GiB (214 files), about 610 MiB. It’s 4 % + 2 - fine: plex-database, my_backup_2.';
    expect(escapeText(sentence)).toBe(sentence);
  });

  test('a sentence’s backticks mean code, its values are code', () => {
    expect(markdown(phrase`Lower \`retention_days\` of ${code('a*b')}.`)).toBe(
      'Lower `retention_days` of `a*b`.',
    );
  });

  test('two values side by side stay two', () => {
    expect(markdown([code('a'), code('b')])).toBe('`a`\u200b`b`');
  });

  test.each([
    ['**bold** _it_ ~~no~~', '\\*\\*bold\\*\\* \\_it\\_ \\~\\~no\\~\\~'],
    ['<@1> @everyone', '\\<@1\\> @\u200beveryone'],
    ['- item', '\\- item'],
    ['see https://x.y', 'see https:\\//x.y'],
    ['\u001b[31mred\u001b[0m\r\n\u2028next', 'red next'],
    ['abc\u202efdp.exe', 'abc\\\\u202efdp.exe'],
    ['bell\u0007', 'bell\\\\u0007'],
  ])('%j', (hostile, wanted) => expect(escapeText(hostile)).toBe(wanted));

  test('inline code: no backtick, never empty, the end of a path stays', () => {
    expect(inlineCode('a`b``c')).toBe('`aˋbˋˋc`');
    expect(inlineCode('')).toBe('`(empty)`');
    expect(inlineCode(`/srv/${'x'.repeat(500)}/name.tar.gz`)).toMatch(/^`\/srv\/x+…x+\/name\.tar\.gz`$/);
  });

  test('shortening never cuts a character in two', () => {
    for (let max = 3; max < 12; max += 1) expect(middle('😀😀😀😀😀😀😀', max)).not.toMatch(/\p{Surrogate}/u);
  });

  test('a code block keeps the last lines and can’t be left', () => {
    const block = codeBlock(['dropped', 'one', '```@everyone', 'two\u001b[1m'], 3, 500);
    expect(block).toBe('```\none\n`\u200b`\u200b`@everyone\ntwo\n```');
  });

  test('commands read as one would type them, with secrets hidden', () => {
    expect(argvText(['rsync', '-a', '--', '/srv/a b', "it's", 'x\ny', '', { secret: 'TOKEN' }])).toBe(
      "rsync -a -- '/srv/a b' 'it'\\''s' $'x\\U0000000ay' '' ••••",
    );
  });
});
