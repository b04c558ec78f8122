import * as z from 'zod';
import type { Run, Shown } from '../../core/model/run.js';

const Snowflake = z.string().regex(/^\d{1,20}$/);

/** Where Discord shows a run, as it is stored with the run. */
export const DiscordShown = z.object({
  surface: z.literal('discord'),
  channelId: Snowflake,
  /** The preview, to which the outcome replies. */
  messageId: Snowflake,
  /** The message that is edited: the preview, or a fresh progress message further down. */
  liveId: Snowflake,
  /** When that message was sent, in ms since 1970: Discord limits edits of messages over an hour old. */
  liveSince: z.number(),
});
export type DiscordShown = z.infer<typeof DiscordShown> & Shown;

/** Shown in one message that was sent now. */
export function shownAt(channelId: string, messageId: string, now: Date): DiscordShown {
  return { surface: 'discord', channelId, messageId, liveId: messageId, liveSince: now.getTime() };
}

/** Null when another surface shows the run, or none does. */
export function discordShown(run: Pick<Run, 'shown'>): DiscordShown | null {
  return DiscordShown.safeParse(run.shown).data ?? null;
}
