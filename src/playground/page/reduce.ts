import type { DeedState, PageMessage, ServerMessage } from '../page-protocol/server-message.js';
import { emptyComposer } from './composer/state.js';
import type { State } from './state.js';

/** Lines that the developer bar keeps. */
const TRACE_KEPT = 200;
/** How long Discord shows that somebody types, in ms. */
const TYPING_MS = 8000;

/** Brings the state up to what the playground told. */
export function apply(state: State, message: ServerMessage): void {
  switch (message.type) {
    case 'welcome':
      state.welcome = message;
      return;
    case 'scene': {
      const isSomebodyElse = state.actingAs !== message.actingAs;
      state.actingAs = message.actingAs;
      state.channels = byId(message.channels);
      state.messages = byId(message.messages);
      state.commands = message.commands;
      if (!state.channels.has(state.channelId)) state.channelId = message.channels[0]?.id ?? '';
      if (isSomebodyElse) startOver(state);
      return;
    }
    case 'message':
      state.messages = new Map(state.messages).set(message.message.id, message.message);
      if (message.isNew) noteUnread(state, message.message);
      return;
    case 'gone':
      state.messages = new Map([...state.messages].filter(([id]) => id !== message.id));
      return;
    case 'channel':
      state.channels = new Map(state.channels).set(message.channel.id, message.channel);
      return;
    case 'typing': {
      const name = state.welcome?.bot.id === message.userId ? state.welcome.bot.name : 'Somebody';
      state.typing = new Map(state.typing).set(message.channelId, { name, until: Date.now() + TYPING_MS });
      return;
    }
    case 'bot':
      if (state.welcome) state.welcome = { ...state.welcome, botConnected: message.connected };
      return;
    case 'latency':
      if (state.welcome) state.welcome = { ...state.welcome, latencyMs: message.ms };
      return;
    case 'trace': {
      const before = message.entry.begins ? [] : state.trace;
      // A request is told of when it ends, and stands where it began.
      state.trace = [...before, message.entry].sort((one, other) => one.at - other.at).slice(-TRACE_KEPT);
      return;
    }
    case 'deed':
      noteDeed(state, message);
      return;
    case 'problem':
      state.problem = message.text;
      state.deeds = state.deeds.filter(({ ref }) => ref !== message.ref);
      return;
    case 'reload':
      location.reload();
  }
}

function startOver(state: State): void {
  state.deeds = [];
  state.unread = new Map();
  state.form = null;
  state.composer = emptyComposer;
  state.problem = null;
}

function noteUnread(state: State, message: PageMessage): void {
  state.typing = new Map([...state.typing].filter(([id]) => id !== message.channel_id));
  if (message.channel_id === state.channelId) return;
  const { count, mentions } = state.unread.get(message.channel_id) ?? { count: 0, mentions: 0 };
  const pinged = message.mentions.some(({ id }) => id === state.actingAs) ? 1 : 0;
  state.unread = new Map(state.unread).set(message.channel_id, {
    count: count + 1,
    mentions: mentions + pinged,
  });
}

function noteDeed(state: State, { ref, state: reached, ms, modal, choices }: DeedState): void {
  const { composer } = state;
  if (composer.mode === 'command' && composer.asking === ref) {
    state.composer = { ...composer, asking: null, choices: choices ?? [], failed: reached === 'failed' };
    return;
  }
  const deed = state.deeds.find((entry) => entry.ref === ref);
  if (!deed) return;
  if (ms !== null) state.firstAnswerMs = ms;
  if (modal) state.form = { from: deed, modal };
  state.deeds = state.deeds
    .map((entry) => (entry.ref === ref ? { ...entry, state: reached } : entry))
    .filter((entry) => entry.state !== 'answered');
}

function byId<T extends { readonly id: string }>(entries: readonly T[]): ReadonlyMap<string, T> {
  return new Map(entries.map((entry) => [entry.id, entry]));
}
