import './skyra.js';
import './time-element.js';
import { render } from 'lit';
import { createActions } from './actions.js';
import { appView } from './app.js';
import { emptyComposer } from './composer/state.js';
import { connect } from './connection.js';
import { apply } from './reduce.js';
import { followEnd } from './scroll.js';
import type { State } from './state.js';
import { savedTheme, useTheme } from './theme.js';

const state: State = {
  connection: 'connecting',
  welcome: null,
  actingAs: '',
  channels: new Map(),
  messages: new Map(),
  commands: {},
  channelId: '',
  unread: new Map(),
  deeds: [],
  typing: new Map(),
  form: null,
  composer: emptyComposer,
  trace: [],
  firstAnswerMs: null,
  problem: null,
  theme: savedTheme(),
  sidebarOpen: false,
  devBarOpen: false,
};

const root = document.getElementById('app') ?? document.body;
root.replaceChildren();
let drawing = false;

/** Draws once for all changes of one moment. */
function draw(): void {
  if (drawing) return;
  drawing = true;
  queueMicrotask(() => {
    drawing = false;
    render(appView(state, actions), root);
    followEnd(state.channelId);
    document.querySelector('.pick.active')?.scrollIntoView({ block: 'nearest' });
    const form = document.getElementById('form');
    if (form instanceof HTMLDialogElement && !form.open) form.showModal();
  });
}

useTheme(state.theme);
const connection = connect({
  onState(connected) {
    state.connection = connected;
    draw();
  },
  onMessage(message) {
    apply(state, message);
    draw();
  },
});
const actions = createActions(state, connection, draw);
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !state.sidebarOpen) return;
  actions.set({ sidebarOpen: false });
});
