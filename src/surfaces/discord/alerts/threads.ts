import { type REST, Routes } from 'discord.js';
import * as z from 'zod';

/** 2015-01-01T00:00:00Z in ms, where Discord's ids begin; the time is in their upper bits. */
const DISCORD_EPOCH = 1_420_070_400_000;
const TIME_BITS = 22n;
/** Clocks may differ by so much, in ms. */
const SKEW = 5 * 60_000;
const PAGE = 100;
const PAGES = 50;
/** Minutes without a message after which Discord hides a thread: a week, the most there is. */
const ARCHIVE_AFTER = 10_080;

const Made = z.object({ id: z.string() });
const Thread = z.object({
  thread_metadata: z.object({ archived: z.boolean(), locked: z.boolean().optional() }).optional(),
});
const Message = z.object({
  id: z.string(),
  content: z.string(),
  author: z.object({ id: z.string() }),
  components: z.unknown(),
});

/** A message as it is found in a channel. */
export type FoundMessage = z.infer<typeof Message>;

/** Threads, and messages of one's own that were sent before. Discord's errors come through. */
export interface Threads {
  /** Starts a thread on a message; its id is the message's. */
  start(channelId: string, messageId: string, name: string): Promise<string>;
  /** Opens a thread that was closed. False when it was open already. */
  reopen(threadId: string): Promise<boolean>;
  /** The first own message since about this time (ms since 1970) that `fits`; null when there is none. */
  find(channelId: string, since: number, fits: (message: FoundMessage) => boolean): Promise<string | null>;
}

/** @param botId the bot's own user: others' messages may hold the same words */
export function threads(rest: REST, botId: () => string): Threads {
  return {
    async start(channelId, messageId, name) {
      const body = { name, auto_archive_duration: ARCHIVE_AFTER };
      return Made.parse(await rest.post(Routes.threads(channelId, messageId), { body })).id;
    },

    async reopen(threadId) {
      const { thread_metadata: state } = Thread.parse(await rest.get(Routes.channel(threadId)));
      if (!state?.archived && !state?.locked) return false;
      await rest.patch(Routes.channel(threadId), { body: { archived: false, locked: false } });
      return true;
    },

    async find(channelId, since, fits) {
      let after = idAt(since - SKEW);
      for (let page = 0; page < PAGES; page += 1) {
        const query = new URLSearchParams({ after: String(after), limit: String(PAGE) });
        const found = z.array(Message).parse(await rest.get(Routes.channelMessages(channelId), { query }));
        const own = found.find((message) => message.author.id === botId() && fits(message));
        if (own !== undefined) return own.id;
        if (found.length < PAGE) return null;
        after = found.map(({ id }) => BigInt(id)).reduce((a, b) => (a > b ? a : b));
      }
      return null;
    },
  };
}

function idAt(ms: number): bigint {
  return BigInt(Math.max(0, Math.floor(ms) - DISCORD_EPOCH)) << TIME_BITS;
}
