import { randomBytes } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import { isObject, type JsonObject, objectOf, stringOf } from '../wire/json.js';
import type { World } from '../world/world.js';
import { dispatchFor, guildCreate, INTENT } from './dispatch.js';
import { dispatch, replay, type Session } from './session.js';

const OP = { HEARTBEAT: 1, IDENTIFY: 2, PRESENCE: 3, VOICE: 4, RESUME: 6, REQUEST_MEMBERS: 8 } as const;
/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes */
const CLOSE = {
  UNKNOWN_OPCODE: 4001,
  DECODE_ERROR: 4002,
  NOT_AUTHENTICATED: 4003,
  AUTHENTICATION_FAILED: 4004,
  ALREADY_AUTHENTICATED: 4005,
  INVALID_SEQUENCE: 4007,
  INVALID_VERSION: 4012,
  INVALID_INTENTS: 4013,
  DISALLOWED_INTENTS: 4014,
} as const;
const ALL_INTENTS = (1 << 26) - 1;
const PRIVILEGED = INTENT.GUILD_MEMBERS | INTENT.GUILD_PRESENCES | INTENT.MESSAGE_CONTENT;
/** Bytes of one message to the gateway. */
const MAX_PAYLOAD = 4096;

export interface GatewayOptions {
  readonly world: World;
  /** Where bots connect again: `ws://127.0.0.1:<port>/gateway`. */
  readonly url: () => string;
  readonly heartbeatMs: number;
  /** Bits of the privileged intents that the application may use. */
  readonly allowedIntents: number;
}

/** How a connection is cut. */
export interface Drop {
  /** The WebSocket close code; 0 ends the connection without a word, as a broken network does. Default 4000. */
  readonly code?: number;
  /** The session is forgotten too: RESUME is answered with "invalid session". Default false. */
  readonly forget?: boolean;
}

export interface Gateway {
  accept(socket: WebSocket, query: URLSearchParams): void;
  /** Is a bot connected and identified? */
  connected(): boolean;
  drop(drop: Drop): void;
  close(): void;
}

/** The WebSocket side: HELLO, IDENTIFY, RESUME with replay, heartbeats, and events by intents. */
export function createGateway({ world, url, heartbeatMs, allowedIntents }: GatewayOptions): Gateway {
  const sessions = new Map<string, Session>();
  const sockets = new Set<WebSocket>();
  const forbidden = PRIVILEGED & ~allowedIntents;

  const unsubscribe = world.subscribe((event) => {
    const told = dispatchFor(world, event);
    if (told) for (const session of sessions.values()) dispatch(session, told);
  });

  function identify(socket: WebSocket, data: JsonObject): Session | null {
    const intents = Number(data.intents);
    if (data.token !== world.config.token)
      socket.close(CLOSE.AUTHENTICATION_FAILED, 'Authentication failed.');
    else if (!Number.isInteger(intents) || intents & ~ALL_INTENTS) socket.close(CLOSE.INVALID_INTENTS);
    else if (intents & forbidden) socket.close(CLOSE.DISALLOWED_INTENTS, 'Disallowed intent(s).');
    else return start(socket, intents, data.shard);
    return null;
  }

  function start(socket: WebSocket, intents: number, shard: unknown): Session {
    // Who identifies anew has no use for what a dead connection left.
    for (const old of sessions.values()) if (!old.socket) sessions.delete(old.id);
    const session: Session = { id: randomBytes(16).toString('hex'), intents, socket, seq: 0, events: [] };
    sessions.set(session.id, session);
    const ready = {
      v: 10,
      user: world.bot,
      guilds: world.botInGuild.value ? [{ id: world.guild.id, unavailable: true }] : [],
      session_id: session.id,
      resume_gateway_url: url(),
      ...(Array.isArray(shard) ? { shard } : {}),
      application: { id: world.applicationId, flags: 0 },
    };
    dispatch(session, { name: 'READY', intent: 0, data: () => ready });
    if (!world.botInGuild.value) return session;
    dispatch(session, {
      name: 'GUILD_CREATE',
      intent: INTENT.GUILDS,
      data: () => guildCreate(world, intents),
    });
    return session;
  }

  function resume(socket: WebSocket, data: JsonObject): Session | null {
    const session = sessions.get(stringOf(data.session_id));
    if (!session || data.token !== world.config.token) {
      socket.send(JSON.stringify({ op: 9, d: false }));
      return null;
    }
    if (Number(data.seq) > session.seq) {
      socket.close(CLOSE.INVALID_SEQUENCE, 'Invalid seq.');
      return null;
    }
    session.socket?.terminate();
    session.socket = socket;
    replay(session, Number(data.seq));
    dispatch(session, { name: 'RESUMED', intent: 0, data: () => ({}) });
    return session;
  }

  function accept(socket: WebSocket, query: URLSearchParams): void {
    let session: Session | null = null;
    sockets.add(socket);
    socket.on('close', (code) => {
      sockets.delete(socket);
      if (session?.socket !== socket) return;
      session.socket = null;
      // A client that says goodbye gives its session up.
      if (code === 1000 || code === 1001) sessions.delete(session.id);
      world.emit({ type: 'gateway', connected: connected() });
    });
    if (query.get('v') !== '10' || query.get('encoding') !== 'json' || query.has('compress')) {
      socket.close(CLOSE.INVALID_VERSION, 'Only v=10&encoding=json without compression is served.');
      return;
    }
    socket.on('message', (raw) => {
      const message = decode(raw);
      if (!message) {
        socket.close(CLOSE.DECODE_ERROR, 'Error while decoding payload.');
        return;
      }
      const { op, d } = message;
      if (op === OP.HEARTBEAT) socket.send(JSON.stringify({ op: 11 }));
      else if (op === OP.IDENTIFY || op === OP.RESUME) {
        if (session) {
          socket.close(CLOSE.ALREADY_AUTHENTICATED, 'Already authenticated.');
          return;
        }
        session = op === OP.IDENTIFY ? identify(socket, objectOf(d)) : resume(socket, objectOf(d));
        if (session) world.emit({ type: 'gateway', connected: true });
      } else if (!session) socket.close(CLOSE.NOT_AUTHENTICATED, 'Not authenticated.');
      else if (op !== OP.PRESENCE && op !== OP.VOICE && op !== OP.REQUEST_MEMBERS) {
        socket.close(CLOSE.UNKNOWN_OPCODE, 'Unknown opcode.');
      }
    });
    socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: heartbeatMs } }));
  }

  function connected(): boolean {
    return [...sessions.values()].some(({ socket }) => socket !== null);
  }

  return {
    accept,
    connected,
    drop({ code = 4000, forget = false }) {
      for (const session of sessions.values()) {
        if (code === 0) session.socket?.terminate();
        else session.socket?.close(code);
        session.socket = null;
      }
      if (forget) sessions.clear();
      world.emit({ type: 'gateway', connected: false });
    },
    close() {
      unsubscribe();
      for (const socket of sockets) socket.terminate();
      sessions.clear();
    },
  };
}

function decode(raw: RawData): JsonObject | null {
  const text = String(raw);
  if (text.length > MAX_PAYLOAD) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
