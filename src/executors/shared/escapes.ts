/**
 * Undoes an escaping of file names. `pattern` finds one escape; `byteOf` gives its byte. What is not escaped
 * is taken as UTF-8.
 */
export function unescapeBytes(text: string, pattern: RegExp, byteOf: (escaped: string) => number): Buffer {
  const chunks: Buffer[] = [];
  let start = 0;
  for (const match of text.matchAll(pattern)) {
    chunks.push(Buffer.from(text.slice(start, match.index)), Buffer.of(byteOf(match[0])));
    start = match.index + match[0].length;
  }
  return Buffer.concat([...chunks, Buffer.from(text.slice(start))]);
}

const CONTROL: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '\\': 92 };

/** Undoes tar's --quoting-style=escape. */
export function tarName(listed: string): Buffer {
  return unescapeBytes(listed, /\\(?:[0-7]{3}|[abtnvfr\\ ])/g, (escaped) => {
    const sign = escaped.slice(1);
    return CONTROL[sign] ?? (sign === ' ' ? 32 : Number.parseInt(sign, 8));
  });
}
