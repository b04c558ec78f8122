import { Client, type ClientEvents, GatewayIntentBits, type Interaction } from 'discord.js';
import {
  type LocalDiscord,
  type LocalDiscordOptions,
  startLocalDiscord,
} from '../../src/playground/local-discord.js';

/** A local Discord with a plain discord.js client that is logged in. */
export interface Stage {
  readonly discord: LocalDiscord;
  readonly bot: Client<true>;
  /** What the bot does with interactions, until the next call. A handler's error fails the test's `end`. */
  onInteraction(handler: (interaction: Interaction) => Promise<unknown>): void;
  end(): Promise<void>;
}

/** Makes a client that speaks to a local Discord. */
export function createClient(discord: LocalDiscord): Client {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages],
    rest: { api: discord.apiUrl, retries: 1 },
  });
  // Without a listener a shard's error would end the process.
  client.on('error', () => undefined);
  client.on('shardError', () => undefined);
  return client;
}

/** Resolves with the next event of this name. */
export function next<Name extends keyof ClientEvents>(
  client: Client,
  name: Name,
): Promise<ClientEvents[Name]> {
  return new Promise((resolve) => client.once(name, (...args) => resolve(args)));
}

export async function startStage(options: LocalDiscordOptions = {}): Promise<Stage> {
  const discord = await startLocalDiscord(options);
  const client = createClient(discord);
  const ready = next(client, 'clientReady');
  await client.login(discord.token);
  const [bot] = await ready;
  const errors: unknown[] = [];
  let handle: (interaction: Interaction) => Promise<unknown> = async () => undefined;
  bot.on('interactionCreate', (interaction) => {
    handle(interaction).catch((error: unknown) => errors.push(error));
  });
  return {
    discord,
    bot,
    onInteraction(handler) {
      handle = handler;
    },
    async end() {
      await bot.destroy();
      await discord.close();
      if (errors.length > 0) throw errors[0];
    },
  };
}
