/**
 * The text that Discord would treat as markdown: without code blocks and inline code, and without characters
 * that a backslash takes their meaning from. Written after Discord's own rules, in their order: escape,
 * code block, inline code.
 */
export function outsideCode(text: string): string {
  let rest = text;
  let live = '';
  while (rest !== '') {
    const next = rest.search(/[\\`]/);
    if (next !== 0) {
      live += next < 0 ? rest : rest.slice(0, next);
      rest = next < 0 ? '' : rest.slice(next);
      continue;
    }
    const code = CODE_BLOCK.exec(rest) ?? INLINE_CODE.exec(rest);
    if (/^\\[^0-9A-Za-z\s]/.test(rest)) {
      rest = rest.slice(2);
      live += ESCAPED;
    } else {
      live += code === null ? rest.charAt(0) : ESCAPED;
      rest = rest.slice(code === null ? 1 : code[0].length);
    }
  }
  return live;
}

/** Stands where something without meaning stood. */
const ESCAPED = '\u0001';
const CODE_BLOCK = /^```(?:[a-z0-9_+\-.#]*\n)?\n*[^\n][\s\S]*?\n*```/i;
const INLINE_CODE = /^(`+)([\s\S]*?[^`])\1(?!`)/;
