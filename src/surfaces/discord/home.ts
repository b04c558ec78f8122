import { type Client, Events, type Guild } from 'discord.js';
import type { Logger } from './deps.js';

/**
 * Why the bot serves nobody although Discord let it in, with the way out; null: it is in its server. Says so in the log
 * when it is removed from there.
 * @param guildId the configured server; null: the only one that the bot is in
 */
export function watchHome(client: Client, guildId: string | null, log: Logger): () => string | null {
  const problem = (): string | null => {
    if (!client.isReady()) return null;
    const { cache } = client.guilds;
    if (guildId === null) return cache.size > 0 ? null : 'The bot is in no server. Invite it to yours.';
    if (cache.has(guildId)) return null;
    return `The bot is not in the server ${guildId} that DISCORD_GUILD_ID names. Invite it, or correct DISCORD_GUILD_ID.`;
  };
  const isHome = ({ id }: Guild): boolean => guildId === null || id === guildId;
  client.on(Events.ClientReady, () => {
    const found = problem();
    if (found !== null) log.error({ guildId }, found);
  });
  client.on(Events.GuildDelete, (guild) => {
    if (isHome(guild)) log.error({ guildId: guild.id }, 'the bot was removed from its server');
  });
  client.on(Events.GuildCreate, (guild) => {
    if (isHome(guild)) log.info({ guildId: guild.id }, 'the bot was invited to its server');
  });
  return problem;
}
