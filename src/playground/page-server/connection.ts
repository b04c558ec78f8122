import type { RawData, WebSocket } from 'ws';
import type { LocalDiscord } from '../local-discord.js';
import { ClientMessage } from '../page-protocol/client-message.js';
import type { ServerMessage } from '../page-protocol/server-message.js';
import { canSee, may } from '../world/access.js';
import type { WorldEvent } from '../world/world.js';
import { createDeeds } from './deeds.js';
import { traceOf } from './trace.js';
import { TROUBLES } from './troubles.js';
import { pageChannel, pageMessage, people, sceneFor, welcome } from './view.js';

/** What all connections of one start share. */
export interface Shared {
  readonly discord: LocalDiscord;
  /** Names this start. */
  readonly start: string;
  /** Private answers that were dismissed. */
  readonly dismissed: Set<string>;
  readonly latency: { ms: number };
  readonly tellAll: (message: ServerMessage) => void;
}

/** Serves one open page: it sees what its member sees, and acts as that member. */
export function serveConnection(socket: WebSocket, shared: Shared): void {
  const { discord, dismissed, latency } = shared;
  const { world } = discord;
  let actingAs = people(world)[0]?.id ?? '';
  const tell = (message: ServerMessage) => socket.send(JSON.stringify(message));
  const deeds = createDeeds(discord, tell);
  const showScene = () => tell(sceneFor(world, actingAs, dismissed));

  function onEvent(event: WorldEvent): void {
    const entry = traceOf(world, event, discord.requests);
    if (entry) tell({ type: 'trace', entry });
    switch (event.type) {
      case 'message_create':
      case 'message_update':
        if (!canSee(world, actingAs, event.message) || dismissed.has(event.message.id)) return;
        tell({
          type: 'message',
          message: pageMessage(world, event.message),
          isNew: event.type === 'message_create',
        });
        return;
      case 'message_delete':
        tell({ type: 'gone', id: event.message.id });
        return;
      case 'thread_create':
      case 'thread_update':
        if (may(world, actingAs, 'VIEW_CHANNEL', event.channel)) {
          tell({ type: 'channel', channel: pageChannel(event.channel) });
        }
        return;
      case 'channel_update':
      case 'role_update':
      case 'member_update':
      case 'commands_update':
        showScene();
        return;
      case 'typing':
        tell({ type: 'typing', channelId: event.channelId, userId: event.userId });
        return;
      case 'gateway':
        tell({ type: 'bot', connected: event.connected });
    }
  }

  function obey(message: ClientMessage): void {
    switch (message.type) {
      case 'act_as':
        if (!people(world).some(({ id }) => id === message.memberId)) return;
        actingAs = message.memberId;
        showScene();
        return;
      case 'dismiss':
        if (world.messages.get(message.messageId)?.visibleTo !== actingAs) return;
        dismissed.add(message.messageId);
        tell({ type: 'gone', id: message.messageId });
        return;
      case 'latency':
        latency.ms = message.ms;
        discord.setLatency(message.ms);
        shared.tellAll({ type: 'latency', ms: message.ms });
        return;
      case 'trouble':
        TROUBLES[message.kind](discord);
        return;
      default:
        deeds(message, actingAs);
    }
  }

  socket.on('message', (raw) => {
    const message = decode(raw);
    if (message) obey(message);
    else tell({ type: 'problem', ref: null, text: 'The playground does not understand its page.' });
  });
  // Without a listener a broken message would end the process. The connection ends all the same.
  socket.on('error', () => undefined);
  socket.on('close', world.subscribe(onEvent));
  tell(welcome(world, { start: shared.start, botConnected: discord.botConnected(), latencyMs: latency.ms }));
  showScene();
}

function decode(raw: RawData): ClientMessage | null {
  try {
    return ClientMessage.safeParse(JSON.parse(String(raw))).data ?? null;
  } catch {
    return null;
  }
}
