/** A piece of text inside a line. */
export type Inline =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'break' }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: Mark; readonly children: readonly Inline[] }
  | { readonly type: 'link'; readonly url: string; readonly children: readonly Inline[] }
  | { readonly type: 'user' | 'role' | 'channel'; readonly id: string }
  | { readonly type: 'everyone'; readonly text: string }
  | { readonly type: 'command'; readonly name: string }
  | { readonly type: 'time'; readonly seconds: number; readonly style: string };

export type Mark = 'bold' | 'italic' | 'underline' | 'strike' | 'spoiler';

export interface ListItem {
  /** 0: not indented. */
  readonly depth: number;
  /** The number of an ordered item; null for a bullet. */
  readonly number: number | null;
  readonly children: readonly Inline[];
}

/** A part of a message that begins on a line of its own. */
export type Block =
  | { readonly type: 'paragraph' | 'subtext'; readonly children: readonly Inline[] }
  | { readonly type: 'header'; readonly level: 1 | 2 | 3; readonly children: readonly Inline[] }
  | { readonly type: 'fence'; readonly text: string }
  | { readonly type: 'quote'; readonly children: readonly Block[] }
  | { readonly type: 'list'; readonly items: readonly ListItem[] };
