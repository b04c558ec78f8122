import type { Trouble } from '../page-protocol/client-message.js';
import type { Component } from '../wire/types.js';
import type { Connection } from './connection.js';
import type { Deed, State } from './state.js';
import { nextTheme, useTheme } from './theme.js';

/** What people do with the page. Each one changes the state, tells the playground, and has the page drawn anew. */
export interface Actions {
  actAs(memberId: string): void;
  openChannel(id: string): void;
  press(messageId: string, control: Component): void;
  select(messageId: string, control: Component, values: readonly string[]): void;
  sendForm(values: Readonly<Record<string, string | string[]>>): void;
  closeForm(): void;
  dismiss(messageId: string): void;
  forgetDeed(ref: string): void;
  say(content: string): void;
  slash(command: string, options: Readonly<Record<string, string | number | boolean>>): void;
  askChoices(
    command: string,
    option: string,
    typed: string,
    options: Readonly<Record<string, string | number | boolean>>,
  ): string;
  download(id: string, name: string): void;
  setLatency(ms: number): void;
  makeTrouble(kind: Trouble): void;
  /** Changes what only the page knows. */
  set(change: Partial<State>): void;
  switchTheme(): void;
}

/** @param draw has the page drawn anew, soon */
export function createActions(state: State, connection: Connection, draw: () => void): Actions {
  let count = 0;
  const newRef = () => {
    count += 1;
    return `${Date.now().toString(36)}-${count}`;
  };

  function begin(
    kind: Deed['kind'],
    label: string,
    messageId: string | null,
    channelId = state.channelId,
  ): string {
    const ref = newRef();
    // A failed deed is forgotten by the next one at the same place.
    const others = state.deeds.filter((deed) => deed.state === 'waiting' || deed.messageId !== messageId);
    state.deeds = [...others, { ref, kind, channelId, label, messageId, state: 'waiting' }];
    state.problem = null;
    draw();
    return ref;
  }

  function set(change: Partial<State>): void {
    Object.assign(state, change);
    draw();
  }

  return {
    set,
    actAs: (memberId) => connection.send({ type: 'act_as', memberId }),
    openChannel(id) {
      if (!state.channels.has(id)) return;
      const unread = new Map(state.unread);
      unread.delete(id);
      set({ channelId: id, unread, sidebarOpen: false });
    },
    press(messageId, { custom_id: customId = '' }) {
      connection.send({ type: 'press', ref: begin('press', customId, messageId), messageId, customId });
    },
    select(messageId, { custom_id: customId = '' }, values) {
      const ref = begin('select', customId, messageId);
      connection.send({ type: 'select', ref, messageId, customId, values: [...values] });
    },
    sendForm(values) {
      if (!state.form) return;
      const { from } = state.form;
      connection.send({
        type: 'submit',
        ref: begin('submit', from.label, from.messageId),
        from: from.ref,
        values,
      });
      set({ form: null });
    },
    closeForm: () => set({ form: null }),
    dismiss: (messageId) => connection.send({ type: 'dismiss', messageId }),
    forgetDeed: (ref) => set({ deeds: state.deeds.filter((deed) => deed.ref !== ref) }),
    say(content) {
      connection.send({ type: 'say', ref: newRef(), channelId: state.channelId, content });
    },
    slash(command, options) {
      const ref = begin('slash', `/${command}`, null);
      connection.send({ type: 'slash', ref, channelId: state.channelId, command, options });
    },
    askChoices(command, option, typed, options) {
      const ref = newRef();
      connection.send({
        type: 'autocomplete',
        ref,
        channelId: state.channelId,
        command,
        option,
        typed,
        options,
      });
      return ref;
    },
    download(id, name) {
      connection.file(id).then(
        (blob) => save(blob, name),
        (error: unknown) => set({ problem: error instanceof Error ? error.message : String(error) }),
      );
    },
    setLatency: (ms) => connection.send({ type: 'latency', ms }),
    makeTrouble: (kind) => connection.send({ type: 'trouble', kind }),
    switchTheme() {
      const theme = nextTheme(state.theme);
      useTheme(theme);
      set({ theme });
    },
  };
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
