import { hash } from 'node:crypto';

/** JSON with sorted keys and no white space: equal data gives equal text. Undefined members are left out. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const data = value as Readonly<Record<string, unknown>>;
  let text = '';
  // By UTF-16 code units, which is what sort does without a comparison.
  for (const key of Object.keys(data).sort()) {
    const member = data[key];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${quoted(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** Texts without anything to escape: quoting them is a third of the work. */
const PLAIN = /^[\w :./-]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** sha256 of a text in UTF-8, hex. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}
