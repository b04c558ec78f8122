/** The least that answers the measured commands with discord.js. */
import { Client, Events, GatewayIntentBits, MessageFlags, Routes } from 'discord.js';
import { COMMANDS, HELP, LATER } from './command-set.js';

const { DISCORD_TOKEN = '', DISCORD_API_URL = '', DISCORD_GUILD_ID = '' } = process.env;

const client = new Client({
  intents: [GatewayIntentBits.Guilds],
  allowedMentions: { parse: [] },
  rest: { api: DISCORD_API_URL },
});

client.on(Events.ClientReady, async (ready) => {
  await ready.rest.put(Routes.applicationGuildCommands(ready.application.id, DISCORD_GUILD_ID), {
    body: COMMANDS,
  });
});

client.on(Events.InteractionCreate, async (interaction) => {
  if (!interaction.isChatInputCommand()) return;
  if (interaction.commandName === 'help') {
    await interaction.reply({ embeds: [HELP], flags: MessageFlags.Ephemeral });
  } else {
    await interaction.deferReply(
      interaction.commandName === 'runs' ? { flags: MessageFlags.Ephemeral } : { withResponse: true },
    );
    await interaction.editReply({ embeds: [LATER] });
  }
});

await client.login(DISCORD_TOKEN);
