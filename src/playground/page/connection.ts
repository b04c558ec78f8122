import type { ClientMessage } from '../page-protocol/client-message.js';
import type { ServerMessage } from '../page-protocol/server-message.js';

const KEY = 'playground-key';
/** Between two attempts to connect, in ms. */
const RETRY_MS = 1000;

export interface Connection {
  send(message: ClientMessage): void;
  /** A file that the bot attached. */
  file(id: string): Promise<Blob>;
}

interface Listener {
  onState(state: 'connecting' | 'open' | 'lost' | 'no_key'): void;
  onMessage(message: ServerMessage): void;
}

/** The key moves from the address, which is shown and shared, into this tab's memory. */
function takeKey(): string | null {
  const given = new URL(location.href).searchParams.get('key');
  if (given !== null) {
    sessionStorage.setItem(KEY, given);
    history.replaceState(null, '', '/');
  }
  return sessionStorage.getItem(KEY);
}

/** Connects to the playground, and again whenever the connection is lost. */
export function connect(listener: Listener): Connection {
  const key = takeKey();
  let socket: WebSocket | null = null;
  let start: string | null = null;

  function open(): void {
    socket = new WebSocket(`ws://${location.host}/socket`, ['chatops-playground', `key.${key}`]);
    socket.onopen = () => listener.onState('open');
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(String(data)) as ServerMessage;
      // Ids of another start mean nothing, and the page itself may be a newer one.
      if (message.type === 'welcome' && start !== null && start !== message.start) location.reload();
      if (message.type === 'welcome') start = message.start;
      listener.onMessage(message);
    };
    socket.onclose = () => {
      listener.onState('lost');
      window.setTimeout(open, RETRY_MS);
    };
  }

  if (key === null) listener.onState('no_key');
  else open();
  return {
    send(message) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    async file(id) {
      const response = await fetch(`/files/${id}`, { headers: { 'x-playground-key': key ?? '' } });
      if (!response.ok) throw new Error(`The file could not be loaded (${response.status}).`);
      return response.blob();
    },
  };
}
