/** Shorter values would blot out ordinary words. */
export const SHORTEST_SECRET = 4;
/** A shorter line of a secret of several lines, such as `}`, says too little to be looked for by itself. */
const SHORTEST_LINE = 8;

/**
 * How a secret can stand in a text: as it is and line by line, and each of these JSON-escaped, URL-encoded, in hex
 * and in base64 wherever it begins in what was encoded. Empty for a value that is too short to be told from words.
 */
export function formsOf(secret: string): ReadonlySet<string> {
  const lines = secret.split(/[\r\n]+/).map((line) => line.trim());
  const long = lines.length > 1 ? lines.filter((line) => line.length >= SHORTEST_LINE) : [];
  const forms = [secret, secret.trim(), ...long].flatMap(encodings);
  return new Set(forms.filter((form) => form.length >= SHORTEST_SECRET));
}

/** A text as it stands inside a string of a JSON text. */
export function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function encodings(value: string): readonly string[] {
  if (value.length < SHORTEST_SECRET) return [];
  const bytes = Buffer.from(value);
  // A lone half of a surrogate pair has no URL encoding.
  const url = encodeURIComponent(value.replace(/\p{Surrogate}/gu, '\ufffd'));
  return [
    value,
    inJson(value),
    url,
    url.replaceAll('%20', '+'),
    url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    ...[0, 1, 2].flatMap((before) => inBase64(bytes, before)),
  ];
}

/** The characters of base64 that depend on these bytes alone, with so many bytes (modulo 3) in front of them. */
function inBase64(bytes: Buffer, before: number): readonly string[] {
  const text = Buffer.concat([Buffer.alloc(before), bytes]);
  const [from, to] = [Math.ceil((before * 8) / 6), Math.floor((text.length * 8) / 6)];
  return [text.toString('base64').slice(from, to), text.toString('base64url').slice(from, to)];
}
