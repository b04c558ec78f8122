import type { Check } from '../../core/model/diagnosis.js';
import { skipped } from '../check.js';
import type { ExaminedConfig } from '../configuration.js';
import type { DoctorWorld } from '../world.js';
import { type ApiSettings, discordApi } from './api.js';
import { clockCheck } from './clock.js';
import { commandsCheck } from './commands.js';
import { gatewayChecks } from './gateway.js';
import { findHome, rolesCheck } from './guild.js';
import { logIn } from './login.js';
import { opsChannelCheck } from './ops-channel.js';
import { opsRoleCheck } from './ops-role.js';
import { webhookCheck } from './webhook.js';

/** Everything about Discord: reached, let in, in its server, with its commands, permissions and channels. */
export async function examineDiscord(
  world: DoctorWorld,
  { config, broken }: ExaminedConfig,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const { token, guildId, opsChannelId, opsRoleId, apiUrl, webhookUrl } = config.discord;
  const settings: ApiSettings = {
    http: world.http({ ca: null, secret: token }),
    url: apiUrl,
    hasToken: token !== null,
    version: world.version,
    signal,
    now: world.now,
  };
  const api = discordApi(settings);
  const login = await logIn(api, {
    hasToken: token !== null,
    tokenBroken: broken.has('DISCORD_TOKEN'),
    production: config.production,
    apiUrl,
  });
  const { bot } = login;
  const webhook = webhookUrl === null ? [] : [webhookCheck(webhookUrl, guildId, settings)];
  if (bot === null) {
    const rest = 'Server, commands and permissions were not looked at: Discord has to let the bot in first.';
    return [
      ...login.checks,
      clockCheck(login.heard),
      skipped('discord', 'discord.guild', rest),
      ...(await Promise.all(webhook)),
    ];
  }
  const [gateway, found, ...hooks] = await Promise.all([
    gatewayChecks(api, settings),
    broken.has('DISCORD_GUILD_ID') ? GUILD_BROKEN : findHome(api, bot, guildId),
    ...webhook,
  ]);
  const { home } = found;
  const now = world.now();
  const inside =
    home === null
      ? []
      : await Promise.all([
          commandsCheck(api, bot, guildId, config.policyFile !== null),
          rolesCheck(home, now),
          broken.has('DISCORD_OPS_CHANNEL_ID')
            ? skipped(
                'discord',
                'discord.ops_channel',
                'DISCORD_OPS_CHANNEL_ID is wrong: see the configuration.',
              )
            : opsChannelCheck(api, home, opsChannelId, now),
          ...(opsRoleId === null ? [] : [opsRoleCheck(home, opsRoleId, opsChannelId)]),
        ]);
  return [...login.checks, clockCheck(login.heard), ...gateway, ...found.checks, ...inside, ...hooks];
}

const GUILD_BROKEN = {
  home: null,
  checks: [skipped('discord', 'discord.guild', 'DISCORD_GUILD_ID is wrong: see the configuration.')],
};
