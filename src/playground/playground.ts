import { postGuide } from './guide.js';
import { startLocalDiscord } from './local-discord.js';
import { startPageServer } from './page-server/page-server.js';

/** A running playground: what the bot needs instead of Discord, and where people look at it. */
export interface Playground {
  /** For the bot's environment. */
  readonly token: string;
  readonly apiUrl: string;
  readonly guildId: string;
  readonly alertsChannelId: string;
  /** The page's address with its key. */
  readonly url: string;
  close(): Promise<void>;
}

export interface PlaygroundOptions {
  /** The package's folder. */
  readonly root: URL;
  /** Of the page. */
  readonly port: number;
  /** Take any free port when this one is taken. */
  readonly orAnother: boolean;
  /** Of the page's address. Default: random. */
  readonly key?: string;
}

/** Starts a local Discord and its page, both on the loopback interface, with state in memory. */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const discord = await startLocalDiscord({
    seed: {
      members: {
        alice: { roles: ['Admin'] },
        bob: { roles: ['Admin'] },
        olga: { roles: ['Operator'] },
        victor: { roles: ['Viewer'] },
      },
    },
    keepRequests: 500,
  });
  try {
    const page = await startPageServer({ discord, ...options });
    postGuide(discord.world, discord.channelId('ops'), new URL('/docs/discord.md', page.url).href);
    return {
      token: discord.token,
      apiUrl: discord.apiUrl,
      guildId: discord.guildId,
      alertsChannelId: discord.channelId('alerts'),
      url: page.url,
      async close() {
        await page.close();
        await discord.close();
      },
    };
  } catch (error) {
    await discord.close();
    throw error;
  }
}
