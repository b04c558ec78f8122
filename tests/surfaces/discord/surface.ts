import type { Intent } from '../../../src/core/model/intent.js';
import { Redactor } from '../../../src/core/ports/redact.js';
import {
  type LocalDiscord,
  type LocalDiscordOptions,
  startLocalDiscord,
} from '../../../src/playground/local-discord.js';
import type { ChannelLimit } from '../../../src/surfaces/discord/channel-turns.js';
import type { Logger } from '../../../src/surfaces/discord/deps.js';
import type { AnswerWatch } from '../../../src/surfaces/discord/first-answers.js';
import { type DiscordSurface, startDiscord } from '../../../src/surfaces/discord/start.js';
import { NO_SCHEDULES } from '../../support/schedules.js';
import { type FakePipeline, fakePipeline, intentNamed } from './fake-pipeline.js';

/** A log that keeps its lines. */
export function keptLog(): Logger & { readonly lines: { level: string; fields: object; message: string }[] } {
  const lines: { level: string; fields: object; message: string }[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields, message });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export interface Scene {
  readonly discord: LocalDiscord;
  readonly fake: FakePipeline;
  readonly surface: DiscordSurface;
  readonly log: ReturnType<typeof keptLog>;
  /** Time passes for the bot and for Discord. */
  advance(ms: number): void;
  /** A moderator deletes a message. */
  deleteMessage(id: string): Promise<void>;
  /** A second process with the same store takes over. */
  restart(): Promise<void>;
  end(): Promise<void>;
}

/** The whole surface with discord.js against a local Discord, above a pipeline in memory. */
export async function startScene(
  options: LocalDiscordOptions & {
    editGapMs?: number;
    /** Beside those that are always there. */
    intents?: readonly Intent[];
    answers?: AnswerWatch;
    channelLimit?: ChannelLimit;
  } = {},
): Promise<Scene> {
  const discord = await startLocalDiscord(options);
  let ahead = 0;
  const now = (): Date => new Date(Date.now() + ahead);
  const fake = fakePipeline(
    [
      intentNamed('plex-database'),
      intentNamed('photos'),
      intentNamed('web', { action: 'scale' }),
      intentNamed('media', { action: 'rollout' }),
      ...(options.intents ?? []),
    ],
    now,
  );
  const log = keptLog();
  const start = () =>
    startDiscord({
      pipeline: fake.pipeline,
      catalogue: fake.catalogue,
      runs: fake.runs,
      artifacts: fake.artifacts,
      schedules: NO_SCHEDULES,
      redact: new Redactor().data,
      log,
      now,
      ...(options.answers === undefined ? {} : { answers: options.answers }),
      config: {
        token: discord.token,
        guildId: discord.guildId,
        opsChannelId: discord.channelId('alerts'),
        apiUrl: discord.apiUrl,
        editGapMs: options.editGapMs ?? 20,
        sweepMs: 100,
        ...(options.channelLimit === undefined ? {} : { channelLimit: options.channelLimit }),
      },
    });
  let surface = await start();
  await discord.waitForBot();
  await discord.waitFor(() => discord.as('alice').commands().includes('help'), { what: 'the commands' });
  return {
    discord,
    fake,
    log,
    get surface() {
      return surface;
    },
    advance: (ms) => {
      ahead += ms;
      discord.advance(ms);
    },
    deleteMessage: async (id) => {
      const url = `${discord.apiUrl}/v10/channels/${discord.channelId('ops')}/messages/${id}`;
      await fetch(url, { method: 'DELETE', headers: { authorization: `Bot ${discord.token}` } });
    },
    restart: async () => {
      await surface.stop();
      surface = await start();
      await discord.waitForBot();
    },
    end: async () => {
      await surface.stop();
      await discord.close();
    },
  };
}
