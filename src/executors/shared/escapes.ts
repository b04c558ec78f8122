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
