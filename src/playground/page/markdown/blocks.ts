import { parseInline } from './inline.js';
import type { Block, ListItem } from './nodes.js';

const FENCE = /```(?:[A-Za-z0-9_+.#-]+\n|\n)?([\s\S]*?)```/;
const ITEM = /^( *)(?:[-*]|(\d{1,9})\.) +(.*)$/;

/**
 * Parses a message as Discord does. Never throws.
 * https://support.discord.com/hc/en-us/articles/210298617
 */
export function parseMarkdown(source: string): readonly Block[] {
  const blocks: Block[] = [];
  let rest = source;
  for (;;) {
    const fence = FENCE.exec(rest);
    const before = fence ? rest.slice(0, fence.index) : rest;
    blocks.push(...parseLines(trimOneBreak(before)));
    if (!fence) return blocks;
    blocks.push({ type: 'fence', text: (fence[1] ?? '').replace(/\n$/, '') });
    rest = rest.slice(fence.index + fence[0].length).replace(/^\n/, '');
    if (rest === '') return blocks;
  }
}

/** The break beside a fence belongs to the fence. */
function trimOneBreak(text: string): string {
  return text.replace(/\n$/, '');
}

/** A quote inside a quote is text. */
function parseLines(text: string, quoted = false): readonly Block[] {
  if (text === '') return [];
  const blocks: Block[] = [];
  const lines = text.split('\n');
  let paragraph: string[] = [];
  const flush = () => {
    if (paragraph.length > 0) blocks.push({ type: 'paragraph', children: parseInline(paragraph.join('\n')) });
    paragraph = [];
  };
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const taken = lineBlock(lines, index, quoted);
    if (!taken) {
      paragraph.push(line);
      continue;
    }
    flush();
    blocks.push(taken.block);
    index += taken.lines - 1;
  }
  flush();
  return blocks;
}

function lineBlock(
  lines: readonly string[],
  index: number,
  quoted: boolean,
): { block: Block; lines: number } | null {
  const line = lines[index] ?? '';
  const header = /^(#{1,3}) +(.+)$/.exec(line);
  if (header) {
    const level = (header[1] ?? '').length as 1 | 2 | 3;
    return { block: { type: 'header', level, children: parseInline(header[2] ?? '') }, lines: 1 };
  }
  const subtext = /^-# +(.+)$/.exec(line);
  if (subtext) return { block: { type: 'subtext', children: parseInline(subtext[1] ?? '') }, lines: 1 };
  if (!quoted && line.startsWith('>>> ')) {
    const all = [line.slice(4), ...lines.slice(index + 1)].join('\n');
    return { block: { type: 'quote', children: parseLines(all, true) }, lines: lines.length - index };
  }
  if (!quoted && /^> /.test(line)) return quote(lines, index);
  return ITEM.test(line) ? list(lines, index) : null;
}

function quote(lines: readonly string[], index: number): { block: Block; lines: number } {
  const quoted: string[] = [];
  for (const line of lines.slice(index)) {
    if (!/^>(?: |$)/.test(line)) break;
    quoted.push(line.slice(2));
  }
  return { block: { type: 'quote', children: parseLines(quoted.join('\n'), true) }, lines: quoted.length };
}

function list(lines: readonly string[], index: number): { block: Block; lines: number } {
  const items: ListItem[] = [];
  for (const line of lines.slice(index)) {
    const match = ITEM.exec(line);
    if (!match) break;
    items.push({
      depth: Math.min(Math.floor((match[1] ?? '').length / 2), 10),
      number: match[2] === undefined ? null : Number(match[2]),
      children: parseInline(match[3] ?? ''),
    });
  }
  return { block: { type: 'list', items }, lines: items.length };
}
