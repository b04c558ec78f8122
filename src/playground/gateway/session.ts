import type { WebSocket } from 'ws';
import type { Dispatch } from './dispatch.js';

/** One bot's login. It outlives its connection, so that what was missed can be replayed. */
export interface Session {
  readonly id: string;
  readonly intents: number;
  /** null while the bot is disconnected. */
  socket: WebSocket | null;
  seq: number;
  readonly events: { readonly seq: number; readonly payload: string }[];
}

/** Events kept for a replay. */
const KEPT = 1000;

/** Numbers an event, keeps it for a replay, and sends it when the bot is connected. */
export function dispatch(session: Session, { name, intent, data }: Dispatch): void {
  if (intent !== 0 && (session.intents & intent) === 0) return;
  session.seq += 1;
  const payload = JSON.stringify({ op: 0, s: session.seq, t: name, d: data(session.intents) });
  session.events.push({ seq: session.seq, payload });
  if (session.events.length > KEPT) session.events.shift();
  session.socket?.send(payload);
}

/** Sends what came after `seq`, with its old numbers. */
export function replay(session: Session, seq: number): void {
  for (const event of session.events) {
    if (event.seq > seq) session.socket?.send(event.payload);
  }
}
