import type { Inline, Mark } from './nodes.js';

interface Rule {
  /** Sticky: tried at one place of the text. */
  readonly pattern: RegExp;
  readonly read: (match: RegExpExecArray, inner: (text: string) => readonly Inline[]) => Inline | null;
}

/** Marks within marks; nobody writes more, and hostile text could. */
const MAX_DEPTH = 8;

const mark =
  (type: Mark) =>
  (match: RegExpExecArray, inner: (text: string) => readonly Inline[]): Inline => ({
    type,
    children: inner(match[1] ?? ''),
  });

const text = (value: string): Inline => ({ type: 'text', text: value });

/** In the order in which they are tried. What none of them takes is text. */
const RULES: readonly Rule[] = [
  { pattern: /\\([^A-Za-z0-9\s])/y, read: (match) => text(match[1] ?? '') },
  {
    pattern: /(`+)([^`](?:[^`]|(?!\1)`)*?)\1(?!`)/y,
    read: (match) => ({ type: 'code', text: match[2] ?? '' }),
  },
  { pattern: /\n/y, read: () => ({ type: 'break' }) },
  { pattern: /\*\*\*([^\s*](?:[^*]*[^\s*])?)\*\*\*(?!\*)/y, read: boldItalic },
  { pattern: /\*\*((?:\\.|[^\\*]|\*(?!\*))+?)\*\*(?!\*)/y, read: mark('bold') },
  { pattern: /__((?:\\.|[^\\_]|_(?!_))+?)__(?!_)/y, read: mark('underline') },
  { pattern: /~~((?:\\.|[^\\~]|~(?!~))+?)~~/y, read: mark('strike') },
  { pattern: /\|\|((?:\\.|[^\\|]|\|(?!\|))+?)\|\|/y, read: mark('spoiler') },
  { pattern: /\*((?! )(?:\\.|[^\\*])+?)\*(?!\*)/y, read: mark('italic') },
  { pattern: /_((?:\\.|[^\\_])+?)_(?![A-Za-z0-9_])/y, read: mark('italic') },
  { pattern: /<@!?(\d{1,20})>/y, read: (match) => ({ type: 'user', id: match[1] ?? '' }) },
  { pattern: /<@&(\d{1,20})>/y, read: (match) => ({ type: 'role', id: match[1] ?? '' }) },
  { pattern: /<#(\d{1,20})>/y, read: (match) => ({ type: 'channel', id: match[1] ?? '' }) },
  { pattern: /<\/([-\w ]{1,100}):\d{1,20}>/y, read: (match) => ({ type: 'command', name: match[1] ?? '' }) },
  { pattern: /<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y, read: time },
  { pattern: /<a?(:\w{2,32}:)\d{1,20}>/y, read: (match) => text(match[1] ?? '') },
  { pattern: /@(?:everyone|here)\b/y, read: (match) => ({ type: 'everyone', text: match[0] }) },
  { pattern: /\[((?:\\.|[^\\[\]\n])+)\]\(<?([^\s()<>]+)>?\)/y, read: namedLink },
  { pattern: /<(https?:\/\/[^\s<>]+)>/y, read: (match) => link(match[1] ?? '', null) },
  { pattern: /https?:\/\/[^\s<>]+[^\s<>.,:;"'\])]/y, read: (match) => link(match[0], null) },
];

function boldItalic(match: RegExpExecArray, inner: (text: string) => readonly Inline[]): Inline {
  return { type: 'bold', children: [{ type: 'italic', children: inner(match[1] ?? '') }] };
}

function time(match: RegExpExecArray): Inline {
  return { type: 'time', seconds: Number(match[1]), style: match[2] ?? 'f' };
}

function namedLink(match: RegExpExecArray, inner: (text: string) => readonly Inline[]): Inline | null {
  return link(match[2] ?? '', inner(match[1] ?? ''));
}

/** Only the web: no `javascript:`, no `file:`. */
function link(url: string, children: readonly Inline[] | null): Inline | null {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return null;
  return { type: 'link', url, children: children ?? [text(url)] };
}

/** A characters that could begin something; whatever stands before the next one is text. */
const SPECIAL = /[\\`\n*_~|<@[h]/g;

/** Parses the text of a line or of several. Never throws; markup that does not close is text. */
export function parseInline(source: string, depth = 0): readonly Inline[] {
  const nodes: Inline[] = [];
  let plain = '';
  let at = 0;
  const flush = () => {
    if (plain !== '') nodes.push(text(plain));
    plain = '';
  };
  while (at < source.length) {
    const found = depth < MAX_DEPTH ? match(source, at, depth) : null;
    if (found) {
      if (found.node.type === 'text') plain += found.node.text;
      else {
        flush();
        nodes.push(found.node);
      }
      at += found.length;
    } else {
      SPECIAL.lastIndex = at + 1;
      const next = SPECIAL.exec(source)?.index ?? source.length;
      plain += source.slice(at, next);
      at = next;
    }
  }
  flush();
  return nodes;
}

function match(source: string, at: number, depth: number): { node: Inline; length: number } | null {
  // Inside a word an underscore is just an underscore.
  const inWord = source[at] === '_' && /[A-Za-z0-9]/.test(source[at - 1] ?? '');
  for (const { pattern, read } of RULES) {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (!found || (inWord && !found[0].startsWith('__'))) continue;
    const node = read(found, (inner) => parseInline(inner, depth + 1));
    if (node) return { node, length: found[0].length };
  }
  return null;
}
