// Not from @discordjs/builders: as an ES module that would be loaded a second time, beside discord.js's own.
import { SlashCommandBuilder } from 'discord.js';

/** Discord's Administrator permission (permission bit 3). */
const ADMINISTRATOR = 1n << 3n;
/** Discord's interaction context "guild" and installation type "guild" are both 0. */
const GUILD = 0;

/**
 * A slash command that exists in servers only and that Discord shows to administrators only. A server can
 * loosen what Discord shows under Integrations; the pipeline checks the rights at every press anyway.
 */
export function guildOnly(name: string, description: string): SlashCommandBuilder {
  return new SlashCommandBuilder()
    .setName(name)
    .setDescription(description)
    .setContexts(GUILD)
    .setIntegrationTypes(GUILD)
    .setDefaultMemberPermissions(ADMINISTRATOR);
}
