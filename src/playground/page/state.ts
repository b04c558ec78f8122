import type {
  DeedState,
  PageChannel,
  PageMember,
  PageMessage,
  TraceEntry,
  Welcome,
} from '../page-protocol/server-message.js';
import type { Command, Modal } from '../wire/types.js';
import type { ComposerState } from './composer/state.js';
import type { Theme } from './theme.js';

/** Something that the person did, until it was answered. */
export interface Deed {
  readonly ref: string;
  readonly kind: 'slash' | 'press' | 'select' | 'submit';
  readonly channelId: string;
  /** `/backup`, or the custom id of the control. */
  readonly label: string;
  /** The message whose control was used. */
  readonly messageId: string | null;
  readonly state: DeedState['state'];
}

/** An open form. */
export interface OpenForm {
  readonly from: Deed;
  readonly modal: Modal;
}

/** Everything that the page shows. Changed only by {@link apply} and the page's actions. */
export interface State {
  connection: 'connecting' | 'open' | 'lost' | 'no_key';
  welcome: Welcome | null;
  actingAs: string;
  channels: ReadonlyMap<string, PageChannel>;
  messages: ReadonlyMap<string, PageMessage>;
  commands: Readonly<Record<string, readonly Command[]>>;
  /** The channel or thread that is open. */
  channelId: string;
  unread: ReadonlyMap<string, { readonly count: number; readonly mentions: number }>;
  deeds: readonly Deed[];
  /** Until when, in ms since 1970, somebody is seen typing, by channel. */
  typing: ReadonlyMap<string, { readonly name: string; readonly until: number }>;
  form: OpenForm | null;
  composer: ComposerState;
  trace: readonly TraceEntry[];
  firstAnswerMs: number | null;
  /** The last thing that this member's client would not let them do. */
  problem: string | null;
  theme: Theme;
  sidebarOpen: boolean;
  devBarOpen: boolean;
}

/** The channel whose commands and rights count: a thread's channel. */
export function homeChannel({ channels, channelId }: State): string {
  return channels.get(channelId)?.parent_id ?? channelId;
}

export function actingMember({ welcome, actingAs }: State): PageMember | undefined {
  return welcome?.members.find(({ id }) => id === actingAs);
}
