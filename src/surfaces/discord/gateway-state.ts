import { type Client, Events } from 'discord.js';

/** How the connection to Discord is, for the readiness check. `since` is ISO 8601 in UTC. */
export interface GatewayState {
  readonly state: 'ready' | 'connecting' | 'disconnected';
  readonly since: string;
}

/** Follows the client's connection. */
export function gatewayState(client: Client, now: () => Date): () => GatewayState {
  let current: GatewayState = { state: 'connecting', since: now().toISOString() };
  const set = (state: GatewayState['state']) => (): void => {
    if (current.state !== state) current = { state, since: now().toISOString() };
  };
  client.on(Events.ShardReady, set('ready'));
  client.on(Events.ShardResume, set('ready'));
  client.on(Events.ShardReconnecting, set('connecting'));
  client.on(Events.ShardDisconnect, set('disconnected'));
  client.on(Events.Invalidated, set('disconnected'));
  return () => current;
}
