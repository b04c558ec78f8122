/** One token of JSON, without the blanks before it. */
const TOKEN =
  /[{}[\],:]|"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)(?!\w)/uy;
const BLANKS = /[ \t\r\n]*/y;

type Wanted = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'commaOrEnd' | 'nothing';

/**
 * Where a text stops being JSON: the offset of the first token that can't stand there, or the text's length
 * when it merely ends too early. Null for text that is JSON. Works on any depth.
 */
export function jsonErrorOffset(text: string): number | null {
  const open: ('{' | '[')[] = [];
  let wanted: Wanted = 'value';
  let offset = 0;
  const after = (): Wanted => (open.length === 0 ? 'nothing' : 'commaOrEnd');
  for (;;) {
    BLANKS.lastIndex = offset;
    offset += BLANKS.exec(text)?.[0].length ?? 0;
    if (offset === text.length) return wanted === 'nothing' ? null : offset;
    TOKEN.lastIndex = offset;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return offset;
    const top = open.at(-1);
    const isKey = wanted === 'key' || wanted === 'keyOrEnd';
    const isValue = wanted === 'value' || wanted === 'valueOrEnd';
    const isEnd = wanted === 'commaOrEnd' || wanted === 'keyOrEnd' || wanted === 'valueOrEnd';
    if (token === (top === '{' ? '}' : ']') && top !== undefined && isEnd) {
      open.pop();
      wanted = after();
    } else if (token === ',' && wanted === 'commaOrEnd') {
      wanted = top === '{' ? 'key' : 'value';
    } else if (token === ':' && wanted === 'colon') {
      wanted = 'value';
    } else if (token.startsWith('"') && isKey) {
      wanted = 'colon';
    } else if ((token === '{' || token === '[') && isValue) {
      open.push(token);
      wanted = token === '{' ? 'keyOrEnd' : 'valueOrEnd';
    } else if (isValue && !/^[\]},:]/.test(token)) {
      wanted = after();
    } else {
      return offset;
    }
    offset += token.length;
  }
}

/** `line 2, column 5`, counted from 1. */
export function placeText(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `line ${line}, column ${offset - before.lastIndexOf('\n')}`;
}
