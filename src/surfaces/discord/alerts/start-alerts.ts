import type { Client } from 'discord.js';
import type { ChannelMessages } from '../channel-messages.js';
import type { DiscordDeps } from '../deps.js';
import { opsDestination } from './deps.js';
import { lacking } from './lacking.js';
import { type OpsAlerts, startOpsAlerts } from './ops-alerts.js';
import { threads } from './threads.js';

/** Starts the alerts in the ops channel of a client that is ready; null when there is no such channel. */
export function startAlerts(
  client: Client<true>,
  deps: DiscordDeps,
  messages: ChannelMessages,
): OpsAlerts | null {
  const { alerts, config, runs, redact, log, now } = deps;
  const channelId = config.opsChannelId ?? null;
  if (alerts === undefined || channelId === null) return null;
  return startOpsAlerts({
    incidents: alerts.incidents,
    runs,
    messages,
    threads: threads(client.rest, () => client.user.id),
    redact,
    log,
    now,
    channelId,
    roleId: config.opsRoleId ?? null,
    destination: opsDestination(channelId),
    guildId: () => {
      const channel = client.channels.cache.get(channelId);
      return channel !== undefined && 'guildId' in channel ? channel.guildId : null;
    },
    lacking: () => lacking(client, channelId),
    ...(config.alertPace === undefined ? {} : { pace: config.alertPace }),
  });
}
