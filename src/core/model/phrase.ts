/**
 * A sentence for people, kept apart from any markup: plain strings, and values (paths, names, ids) that
 * each surface sets off in its own way: Discord as escaped inline code, the command line as they are.
 * File names and command output are hostile text; as a `code` part they can't become markup. A `time` is an
 * instant (ISO 8601), which Discord and the command line show in the reader's own time zone.
 */
export type Phrase = readonly PhrasePart[];
export type PhrasePart =
  | string
  | { readonly code: string }
  | { readonly time: string; readonly relative?: true };

/** Marks a value as literal inside a {@link phrase}. */
export function code(value: string | number): PhrasePart {
  return { code: String(value) };
}

/** Marks an instant inside a {@link phrase}. */
export function moment(iso: string): PhrasePart {
  return { time: iso };
}

/** Marks an instant that people want to know the distance of: `in 8 seconds` where a surface can count. */
export function countdown(iso: string): PhrasePart {
  return { time: iso, relative: true };
}

/** Builds a phrase: ``phrase`Stop ${code(name)}, down for about ${formatDuration(ms)}.` ``; phrases nest. */
export function phrase(text: TemplateStringsArray, ...values: (PhrasePart | number | Phrase)[]): Phrase {
  const parts: PhrasePart[] = [];
  text.forEach((part, index) => {
    if (part !== '') parts.push(part);
    const value = values[index];
    if (value === undefined) return;
    if (typeof value === 'number') parts.push(value.toLocaleString('en-US'));
    else if (typeof value === 'string') parts.push(value);
    else if ('code' in value || 'time' in value) parts.push(value);
    else parts.push(...value);
  });
  return parts;
}

/** The phrase without any markup, for logs, the command line and JSON. */
export function plain(text: Phrase): string {
  return text.map(plainPart).join('');
}

function plainPart(part: PhrasePart): string {
  if (typeof part === 'string') return part;
  return 'code' in part ? part.code : `${part.time.slice(0, 16).replace('T', ' ')} UTC`;
}
