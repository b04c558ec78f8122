import { type Client, Events } from 'discord.js';

/** How the connection to Discord is, for the readiness check and the metrics. */
export interface GatewayState {
  readonly state: 'ready' | 'connecting' | 'disconnected';
  /** ISO 8601 in UTC. */
  readonly since: string;
  /** How long Discord took to answer the last heartbeat; null before the first answer. */
  readonly pingMs: number | null;
  /** How often the connection was lost and sought again. */
  readonly reconnects: number;
}

/** Follows the client's connection. */
export function gatewayState(client: Client, now: () => Date): () => GatewayState {
  let reconnects = 0;
  let current: Pick<GatewayState, 'state' | 'since'> = { state: 'connecting', since: now().toISOString() };
  const set = (state: GatewayState['state']) => (): void => {
    if (current.state !== state) current = { state, since: now().toISOString() };
  };
  client.on(Events.ShardReady, set('ready'));
  client.on(Events.ShardResume, set('ready'));
  client.on(Events.ShardReconnecting, () => {
    reconnects += 1;
    set('connecting')();
  });
  client.on(Events.ShardDisconnect, set('disconnected'));
  client.on(Events.Invalidated, set('disconnected'));
  return () => ({ ...current, pingMs: client.ws.ping < 0 ? null : client.ws.ping, reconnects });
}
