import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseMarkdown } from '../../../src/playground/page/markdown/blocks.js';
import { relativeTime } from '../../../src/playground/page/markdown/chat-time.js';
import { parseInline } from '../../../src/playground/page/markdown/inline.js';
import type { Block, Inline } from '../../../src/playground/page/markdown/nodes.js';

const text = (value: string) => ({ type: 'text', text: value });
const p = (...children: unknown[]) => ({ type: 'paragraph', children });

/** What is left to read once all markup is gone. */
function plainText(node: Inline | Block): string {
  if ('text' in node) return node.text;
  if ('children' in node) return node.children.map(plainText).join('');
  if ('items' in node) return node.items.flatMap(({ children }) => children.map(plainText)).join('\n');
  return node.type === 'break' ? '\n' : '';
}

describe('inside a line', () => {
  test.each<[string, unknown[]]>([
    ['plain', [text('plain')]],
    [
      '**bold** and *it*',
      [{ type: 'bold', children: [text('bold')] }, text(' and '), { type: 'italic', children: [text('it')] }],
    ],
    [
      '__u__ _i_ ~~s~~',
      [
        { type: 'underline', children: [text('u')] },
        text(' '),
        { type: 'italic', children: [text('i')] },
        text(' '),
        { type: 'strike', children: [text('s')] },
      ],
    ],
    ['***both***', [{ type: 'bold', children: [{ type: 'italic', children: [text('both')] }] }]],
    ['||no||', [{ type: 'spoiler', children: [text('no')] }]],
    ['`a*b*`', [{ type: 'code', text: 'a*b*' }]],
    ['``a`b``', [{ type: 'code', text: 'a`b' }]],
    ['snake_case_name', [text('snake_case_name')]],
    ['\\*no\\* \\`no\\`', [text('*no* `no`')]],
    ['2 * 3 * 4', [text('2 * 3 * 4')]],
    ['**open', [text('**open')]],
    ['one\ntwo', [text('one'), { type: 'break' }, text('two')]],
    [
      '<@1> <@!2> <@&3> <#4>',
      [
        { type: 'user', id: '1' },
        text(' '),
        { type: 'user', id: '2' },
        text(' '),
        { type: 'role', id: '3' },
        text(' '),
        { type: 'channel', id: '4' },
      ],
    ],
    ['</backup:12>', [{ type: 'command', name: 'backup' }]],
    [
      '<t:1700000000:R> <t:5>',
      [
        { type: 'time', seconds: 1_700_000_000, style: 'R' },
        text(' '),
        { type: 'time', seconds: 5, style: 'f' },
      ],
    ],
    ['@everyone', [{ type: 'everyone', text: '@everyone' }]],
    ['[docs](https://a.b/c)', [{ type: 'link', url: 'https://a.b/c', children: [text('docs')] }]],
    [
      'see https://a.b/c.',
      [text('see '), { type: 'link', url: 'https://a.b/c', children: [text('https://a.b/c')] }, text('.')],
    ],
    ['<:ok:123456789012345678>', [text(':ok:')]],
  ])('%j', (source, nodes) => {
    expect(parseInline(source)).toEqual(nodes);
  });

  test.each([
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](data:text/html,x)',
    '[x](file:///etc/passwd)',
    '[x](//evil.example)',
    '<javascript:alert(1)>',
  ])('%s is no link', (source) => {
    expect(JSON.stringify(parseInline(source))).not.toContain('"link"');
  });
});

describe('lines', () => {
  test.each<[string, unknown[]]>([
    [
      '# One\n## Two\n### Three\n#no',
      [
        { type: 'header', level: 1, children: [text('One')] },
        { type: 'header', level: 2, children: [text('Two')] },
        { type: 'header', level: 3, children: [text('Three')] },
        p(text('#no')),
      ],
    ],
    ['-# small', [{ type: 'subtext', children: [text('small')] }]],
    [
      '> a\n> b\nc',
      [{ type: 'quote', children: [p(text('a'), { type: 'break' }, text('b'))] }, p(text('c'))],
    ],
    ['>>> a\nb', [{ type: 'quote', children: [p(text('a'), { type: 'break' }, text('b'))] }]],
    [
      '- a\n  - b\n1. c',
      [
        {
          type: 'list',
          items: [
            { depth: 0, number: null, children: [text('a')] },
            { depth: 1, number: null, children: [text('b')] },
            { depth: 0, number: 1, children: [text('c')] },
          ],
        },
      ],
    ],
    ['a\n```sh\nls *x*\n```\nb', [p(text('a')), { type: 'fence', text: 'ls *x*' }, p(text('b'))]],
    ['```one line```', [{ type: 'fence', text: 'one line' }]],
    ['```\n> no **no**\n```', [{ type: 'fence', text: '> no **no**' }]],
    ['-no list', [p(text('-no list'))]],
  ])('%j', (source, blocks) => {
    expect(parseMarkdown(source)).toEqual(blocks);
  });
});

describe('whatever is written', () => {
  const marks = fc.constantFrom(
    '*',
    '**',
    '_',
    '__',
    '`',
    '```',
    '~~',
    '||',
    '\\',
    '\n',
    '> ',
    '- ',
    '# ',
    '<@1>',
    '[a](',
    ')',
    'h',
    'x ',
  );

  test('is parsed, and no word is lost', () => {
    fc.assert(
      fc.property(fc.array(marks, { maxLength: 60 }), (parts) => {
        const shown = parseMarkdown(`${parts.join('')}end`)
          .map(plainText)
          .join('');
        expect(shown).toContain('end');
      }),
    );
  });

  test.each(['*', '**', '_', '__', '`', '```', '||', '[', '<', '\\', '> ', '*_~~||'])(
    '4000 characters of %s end',
    (sign) => {
      expect(parseMarkdown(sign.repeat(4000 / sign.length)).length).toBeGreaterThan(0);
    },
  );
});

test.each([
  [0, 'in 0 seconds'],
  [59, 'in 59 seconds'],
  [899, 'in 14 minutes'],
  [-60, '1 minute ago'],
  [-90_000, '1 day ago'],
])('%i s from now is "%s"', (off, words) => {
  expect(relativeTime(1000 + off, 1_000_000, 'en')).toBe(words);
});
