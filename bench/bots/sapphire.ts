/** The same commands in @sapphire/framework, as its guide writes them. */
import {
  ApplicationCommandRegistries,
  type ChatInputCommand,
  Command,
  container,
  LogLevel,
  RegisterBehavior,
  SapphireClient,
} from '@sapphire/framework';
import { GatewayIntentBits, MessageFlags } from 'discord.js';
import { COMMANDS, HELP, LATER } from './command-set.js';

const { DISCORD_TOKEN = '', DISCORD_API_URL = '', DISCORD_GUILD_ID = '' } = process.env;

abstract class Measured extends Command {
  override registerApplicationCommands(registry: ChatInputCommand.Registry): void {
    const command = COMMANDS.find(({ name }) => name === this.name);
    if (!command) throw new Error(`/${this.name} is not in the set`);
    registry.registerChatInputCommand(command, { guildIds: [DISCORD_GUILD_ID] });
  }
}

class Help extends Measured {
  override async chatInputRun(interaction: Command.ChatInputCommandInteraction): Promise<void> {
    await interaction.reply({ embeds: [HELP], flags: MessageFlags.Ephemeral });
  }
}

class Runs extends Measured {
  override async chatInputRun(interaction: Command.ChatInputCommandInteraction): Promise<void> {
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    await interaction.editReply({ embeds: [LATER] });
  }
}

class Backup extends Measured {
  override async chatInputRun(interaction: Command.ChatInputCommandInteraction): Promise<void> {
    await interaction.deferReply({ withResponse: true });
    await interaction.editReply({ embeds: [LATER] });
  }
}

ApplicationCommandRegistries.setDefaultBehaviorWhenNotIdentical(RegisterBehavior.BulkOverwrite);
const client = new SapphireClient({
  baseUserDirectory: null,
  intents: [GatewayIntentBits.Guilds],
  allowedMentions: { parse: [] },
  rest: { api: DISCORD_API_URL },
  logger: { level: LogLevel.Warn },
});
for (const [name, piece] of Object.entries({ help: Help, runs: Runs, backup: Backup })) {
  await container.stores.loadPiece({ store: 'commands', name, piece });
}
await client.login(DISCORD_TOKEN);
