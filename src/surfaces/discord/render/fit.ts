import {
  type APIActionRowComponent,
  type APIButtonComponentWithCustomId,
  type APIEmbed,
  ButtonStyle,
  ComponentType,
} from 'discord.js';

/**
 * Discord's limits on a message, and the only place that enforces them
 * (docs.discord.com: message resource, "Embed limits", components reference, "Uploading files").
 */
const LIMITS = {
  content: 2000,
  description: 4096,
  allEmbeds: 6000,
  rows: 5,
  buttonsInRow: 5,
  label: 80,
  files: 10,
  /** 10 MiB for all files of a message, less some room for the request around them. */
  fileBytes: 10 * 1024 * 1024 - 64 * 1024,
} as const;

/** Text as people download it. `keep` says which end stays when it is too big. */
export interface TextFile {
  readonly name: string;
  readonly text: string;
  readonly keep: 'start' | 'end';
}

/** Lines of which as many are shown as fit, at most `show`, then what `more` says of the others. */
export interface List {
  readonly items: readonly string[];
  readonly show: number;
  readonly more: (hidden: number) => string;
  /** Attached when not all items are shown. */
  readonly file?: () => TextFile;
}

/** Lines that are never cut apart, or a list that may be shortened. An empty string is an empty line. */
export type Block = string | List;

export interface Button {
  readonly id: string;
  readonly label: string;
  readonly style: 'go' | 'danger' | 'quiet';
}

/** A message before the limits. Later embeds get their room first: they carry the news. */
export interface Draft {
  readonly content?: string;
  readonly embeds: readonly { readonly color: number; readonly blocks: readonly Block[] }[];
  readonly buttons?: readonly Button[];
  readonly files?: readonly TextFile[];
  /** The one user whom this message may ping. */
  readonly ping?: string | null;
  /** The one role that this message may ping. */
  readonly pingRole?: string | null;
}

/** A message within Discord's limits. */
export interface Message {
  readonly content: string;
  readonly embeds: readonly APIEmbed[];
  readonly components: readonly APIActionRowComponent<APIButtonComponentWithCustomId>[];
  readonly files: readonly { readonly name: string; readonly data: Buffer }[];
  readonly ping: string | null;
  readonly pingRole?: string;
}

const STYLES = {
  go: ButtonStyle.Success,
  danger: ButtonStyle.Danger,
  quiet: ButtonStyle.Secondary,
} as const;

/** Brings a draft within every limit: long lists are shortened and attached, nothing is cut mid-line. */
export function withinLimits(draft: Draft): Message {
  const files = [...(draft.files ?? [])];
  let room: number = LIMITS.allEmbeds;
  const embeds = [...draft.embeds]
    .reverse()
    .map(({ color, blocks }) => {
      const description = fitBlocks(blocks, Math.min(room, LIMITS.description), files);
      room -= description.length;
      return { color, description };
    })
    .filter(({ description }) => description !== '')
    .reverse();
  return {
    content: (draft.content ?? '').slice(0, LIMITS.content),
    embeds,
    components: rows(draft.buttons ?? []),
    files: fitFiles(files),
    ping: draft.ping ?? null,
    ...(draft.pingRole ? { pingRole: draft.pingRole } : {}),
  };
}

/** Fixed lines first; the lists share what is left. Overflowing fixed lines end in `…`. */
function fitBlocks(blocks: readonly Block[], room: number, files: TextFile[]): string {
  let lists = blocks.filter((block) => typeof block !== 'string').length;
  let left =
    room - blocks.reduce((sum, block) => sum + (typeof block === 'string' ? block.length + 1 : 0), 0);
  const lines: string[] = [];
  for (const block of blocks) {
    if (typeof block === 'string') {
      lines.push(block);
      continue;
    }
    const text = fitList(block, Math.floor(left / lists), files);
    lists -= 1;
    if (text === '') continue;
    left -= text.length + 1;
    lines.push(text);
  }
  return dropOverflow(lines, room)
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function fitList(list: List, room: number, files: TextFile[]): string {
  const more = (shown: number) => list.more(list.items.length - shown);
  const lines: string[] = [];
  let left = room - more(0).length - 1;
  for (const item of list.items.slice(0, list.show)) {
    left -= item.length + 1;
    if (left < 0) break;
    lines.push(item);
  }
  if (lines.length === list.items.length) return lines.join('\n');
  if (list.file !== undefined) files.push(list.file());
  return [...lines, more(lines.length)].join('\n');
}

function dropOverflow(lines: readonly string[], room: number): string {
  const kept: string[] = [];
  let left = room - 2;
  for (const line of lines) {
    if (line.length + 1 > left) return [...kept, '…'].join('\n').slice(0, Math.max(0, room));
    left -= line.length + 1;
    kept.push(line);
  }
  return kept.join('\n');
}

function rows(buttons: readonly Button[]): Message['components'] {
  const result: APIActionRowComponent<APIButtonComponentWithCustomId>[] = [];
  for (let start = 0; start < buttons.length && result.length < LIMITS.rows; start += LIMITS.buttonsInRow) {
    result.push({
      type: ComponentType.ActionRow,
      components: buttons.slice(start, start + LIMITS.buttonsInRow).map(({ id, label, style }) => ({
        type: ComponentType.Button,
        style: STYLES[style],
        label: label.slice(0, LIMITS.label),
        custom_id: id,
      })),
    });
  }
  return result;
}

/** Cuts files at a line's boundary so that all of them together stay below the limit. */
function fitFiles(files: readonly TextFile[]): Message['files'] {
  let left: number = LIMITS.fileBytes;
  return files.slice(0, LIMITS.files).map(({ name, text, keep }) => {
    const data = cutBytes(Buffer.from(text, 'utf8'), left, keep);
    left -= data.length;
    return { name, data };
  });
}

function cutBytes(data: Buffer, max: number, keep: TextFile['keep']): Buffer {
  if (data.length <= max) return data;
  const note = `[too big for Discord: only the ${keep} of ${data.length} bytes]`;
  const room = Math.max(0, max - note.length - 1);
  if (keep === 'start') {
    const part = data.subarray(0, room);
    const end = part.lastIndexOf(0x0a);
    return Buffer.concat([end > 0 ? part.subarray(0, end + 1) : part, Buffer.from(`${note}\n`)]);
  }
  const part = data.subarray(data.length - room);
  const start = part.indexOf(0x0a);
  return Buffer.concat([Buffer.from(`${note}\n`), start >= 0 ? part.subarray(start + 1) : part]);
}
