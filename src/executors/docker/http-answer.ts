/** An answer of HTTP/1.1 as it came over the wire. */
export interface HttpAnswer {
  readonly status: number;
  /** By their names in small letters. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

const END = '\r\n';

/** Reads an answer that the other side has ended; null when it is not all there, or is none. */
export function parseAnswer(text: string): HttpAnswer | null {
  const bytes = Buffer.from(text);
  const headEnd = bytes.indexOf(END + END);
  if (headEnd < 0) return null;
  const [first = '', ...lines] = bytes.subarray(0, headEnd).toString().split(END);
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1];
  if (status === undefined) return null;
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const body = bodyOf(bytes.subarray(headEnd + 2 * END.length), headers);
  return body === null ? null : { status: Number(status), headers, body: body.toString() };
}

function bodyOf(rest: Buffer, headers: ReadonlyMap<string, string>): Buffer | null {
  if (headers.get('transfer-encoding')?.toLowerCase() === 'chunked') return unchunked(rest);
  const length = headers.get('content-length');
  if (length === undefined) return rest;
  return rest.length < Number(length) ? null : rest.subarray(0, Number(length));
}

/** Sizes count bytes, not characters. */
function unchunked(bytes: Buffer): Buffer | null {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf(END, at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString(), 16);
    if (Number.isNaN(size)) return null;
    if (size === 0) return Buffer.concat(chunks);
    const begin = lineEnd + END.length;
    if (bytes.length < begin + size) return null;
    chunks.push(bytes.subarray(begin, begin + size));
    at = begin + size + END.length;
  }
}
