/**
 * What takes no room on a screen, or changes how its neighbours are read: controls, separators of lines, everything
 * that Unicode lets a font ignore (zero-width and bidirectional characters, soft hyphens, fillers, tags, variation
 * selectors), annotations, blank Braille, and halves of characters.
 */
const HIDDEN = '\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cs}\\p{Default_Ignorable_Code_Point}\\ufff9-\\ufffb\\u2800';
const ANY = new RegExp(`[${HIDDEN}]|\\p{M}{5}`, 'u');
/** A flag's tags with their end, or a run of one hidden character. */
const EACH = new RegExp(`[\\u{e0020}-\\u{e007e}]{1,6}\\u{e007f}|([${HIDDEN}])\\1*`, 'gu');
const MARK = '[\\p{M}--\\p{Default_Ignorable_Code_Point}]';
/** No script stacks more marks on one letter; more of them cover the lines above. */
const MARK_FLOOD = new RegExp(`(${MARK}{4})(${MARK}+)`, 'gv');
/** Looked at on each side of a hidden character, in UTF-16 units. */
const NEAR = 16;
/** So many of one hidden character are written out; of more, how many there are. */
const WRITTEN_OUT = 3;

/**
 * A text in which nothing hides: hidden characters are written as escapes (`\u200b`), and so no two names that differ
 * look alike by them. Those that writing needs stay: joiners and selectors inside emoji, joiners in scripts that
 * have them, selectors of ideographs.
 */
export function visible(text: string): string {
  if (!ANY.test(text)) return text;
  const calm = text.replace(
    MARK_FLOOD,
    (_, kept: string, more: string) => `${kept}[+${[...more].length} marks]`,
  );
  return calm.replace(EACH, (found, _char, at: number) =>
    isNeeded(found, calm, at) ? found : escaped(found),
  );
}

function escaped(found: string): string {
  const [char = '', ...more] = [...found];
  const same = more.every((other) => other === char);
  if (same && more.length >= WRITTEN_OUT) return `${escapeOf(char)}×${more.length + 1}`;
  return [char, ...more].map(escapeOf).join('');
}

function escapeOf(char: string): string {
  const hex = (char.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}

const PICTURE = '\\p{Extended_Pictographic}';
/** Scripts in which joiners and non-joiners make another word. */
const JOINING = [
  'Arab',
  'Syrc',
  'Mong',
  'Nkoo',
  'Deva',
  'Beng',
  'Guru',
  'Gujr',
  'Orya',
  'Taml',
  'Telu',
  'Knda',
  'Mlym',
  'Sinh',
  'Khmr',
  'Mymr',
  'Tibt',
]
  .map((script) => `\\p{Script=${script}}`)
  .join('');

interface Neighbours {
  readonly before: RegExp;
  readonly after: RegExp;
}

const ANYTHING = /^/;
/** By the hidden character, between what it means something. */
const NEEDED: readonly (readonly [char: RegExp, between: Neighbours])[] = [
  [/^[\ufe0e\ufe0f]$/u, { before: new RegExp(`${PICTURE}\\p{Emoji_Modifier}?$`, 'u'), after: ANYTHING }],
  [/^\ufe0f$/u, { before: /[0-9#*]$/u, after: /^\u20e3/u }],
  [
    /^\u200d$/u,
    {
      before: new RegExp(`${PICTURE}(?:\\ufe0f|\\p{Emoji_Modifier})?$`, 'u'),
      after: new RegExp(`^${PICTURE}`, 'u'),
    },
  ],
  [
    /^[\u200c\u200d]$/u,
    { before: new RegExp(`[${JOINING}]$`, 'u'), after: new RegExp(`^[${JOINING}]`, 'u') },
  ],
  [/^[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]$/u, { before: /\p{Ideographic}$/u, after: ANYTHING }],
  [/^[\u{e0020}-\u{e007e}]+\u{e007f}$/u, { before: /\u{1f3f4}$/u, after: ANYTHING }],
];

function isNeeded(found: string, text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - NEAR), at);
  const after = text.slice(at + found.length, at + found.length + NEAR);
  return NEEDED.some(
    ([char, between]) => char.test(found) && between.before.test(before) && between.after.test(after),
  );
}
