import { expect, test } from '@jest/globals';
import { clean } from '../../src/cli/text.js';
import { code, phrase } from '../../src/core/model/phrase.js';
import { visible } from '../../src/core/text/visible.js';
import {
  cleanLine,
  codeBlock,
  escapeText,
  inlineCode,
  markdown,
} from '../../src/surfaces/discord/render/text.js';

test.each([
  ['zero width', 'pl\u200bex\u200c\u200d', 'pl\\u200bex\\u200c\\u200d'],
  ['a soft hyphen', 'pl\u00adex', 'pl\\u00adex'],
  [
    'word joiner and invisible operators',
    'a\u2060\u2061\u2062\u2063\u2064b',
    'a\\u2060\\u2061\\u2062\\u2063\\u2064b',
  ],
  ['a byte order mark', '\ufeffplex', '\\ufeffplex'],
  [
    'bidirectional controls',
    'abc\u202efdp\u2066x\u2069\u200e\u200f\u061c',
    'abc\\u202efdp\\u2066x\\u2069\\u200e\\u200f\\u061c',
  ],
  ['tags', 'plex\u{e0061}\u{e0062}', 'plex\\u{e0061}\\u{e0062}'],
  ['selectors without what they select', 'a\ufe0f b\ufe01 1\ufe0f', 'a\\ufe0f b\\ufe01 1\\ufe0f'],
  ['a flood of selectors', `❤${'\ufe0f'.repeat(9)}`, '❤\\ufe0f×9'],
  ['fillers and blanks', 'a\u3164\uffa0\u115f\u034f\u2800b', 'a\\u3164\\uffa0\\u115f\\u034f\\u2800b'],
  ['controls', 'a\u0000\u0007\u007f\u0085b', 'a\\u0000\\u0007\\u007f\\u0085b'],
  ['half a character', 'a\ud83d', 'a\\ud83d'],
  ['a joiner between letters that do not join', 'pl\u200dex', 'pl\\u200dex'],
  ['a flood of marks', `e${'\u0301'.repeat(1000)}`, `e${'\u0301'.repeat(4)}[+996 marks]`],
  ['a thousand of one', `a${'\u200b'.repeat(1000)}b`, 'a\\u200b×1000b'],
])('%s is seen', (_what, hidden, seen) => expect(visible(hidden)).toBe(seen));

test.each([
  ['ordinary words', 'plex-database, 1.8 GiB → 604 MiB (50 %) “quoted” … naïve Ångström'],
  ['a family', '👨‍👩‍👧‍👦 🏳️‍🌈 👩🏽‍🚀 ❤️‍🔥'],
  ['emoji and text style', '☎️ ☎︎ 1️⃣ #️⃣'],
  ['a flag of tags', '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}'],
  ['a flag of letters', '🇩🇪'],
  ['Persian', 'می‌خواهم'],
  ['Hindi', 'क्‍ष क्‌ष'],
  ['a chosen ideograph', '葛\u{e0100}城'],
  ['marks on letters', 'Vie\u0323\u0302t ก็ é'],
])('%s stays as it is', (_what, text) => expect(visible(text)).toBe(text));

test('no two names that differ look alike, wherever they are read', () => {
  const names = [
    'plex',
    'pl\u200bex',
    'pl\u00adex',
    'plex\u{e0061}',
    'plex\u202e',
    'pl\u0007ex',
    'plex\ufe0f',
  ];
  const readers = [
    clean,
    cleanLine,
    escapeText,
    (name: string) => inlineCode(name),
    (name: string) => markdown(phrase`Stop ${code(name)}.`),
    (name: string) => codeBlock([name], 5, 500),
  ];
  for (const read of readers) {
    const shown = names.map((name) => read(name).replaceAll(/[^\x20-\x7e]/gu, ''));
    expect(new Set(shown).size).toBe(names.length);
  }
});
