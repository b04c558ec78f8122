import { MessageFlags, type REST, Routes } from 'discord.js';
import * as z from 'zod';
import type { ChannelTurns } from './channel-turns.js';
import { messageBody, rawFiles } from './message.js';
import type { Message } from './render/fit.js';

export interface SendOptions {
  /** A message in the same channel; when it is gone, the new one simply stands alone. */
  readonly replyTo?: string;
  /** At most 25 characters. A repeat within some minutes returns the first message instead of a second one. */
  readonly nonce?: string;
  /** It lights up no phone. */
  readonly silent?: boolean;
}

/** When a redrawing is no longer wanted. */
export interface RedrawSignals {
  /** Before its turn came: it is withdrawn. */
  readonly withdraw: AbortSignal;
  /** While the request is under way: it is cut off, and may have taken effect all the same. */
  readonly cut: AbortSignal;
}

/** Messages sent and edited with the bot's own token, which never dies, within each channel's limit. */
export interface ChannelMessages {
  /** Returns the new message's id. */
  send(channelId: string, message: Message, options?: SendOptions): Promise<string>;
  /** `keep` leaves the attached files as they are; `replace` makes them the message's. */
  edit(channelId: string, messageId: string, message: Message, files: 'replace' | 'keep'): Promise<void>;
  /**
   * An edit that waits for everything more urgent. What it shows is drawn when its turn comes; null: nothing
   * needs to be shown. Files stay as they are.
   */
  redraw(
    channelId: string,
    messageId: string,
    draw: () => Message | null,
    signals: RedrawSignals,
  ): Promise<void>;
}

const Sent = z.object({ id: z.string() });

export function channelMessages(rest: REST, turns: ChannelTurns): ChannelMessages {
  const patch = (
    channelId: string,
    messageId: string,
    message: Message,
    files: 'replace' | 'keep',
    signal?: AbortSignal,
  ): Promise<unknown> =>
    rest.patch(Routes.channelMessage(channelId, messageId), {
      body: messageBody(message, files),
      ...(files === 'replace' ? { files: rawFiles(message) } : {}),
      ...(signal === undefined ? {} : { signal }),
    });
  return {
    async send(channelId, message, { replyTo, nonce, silent } = {}) {
      const body = {
        ...messageBody(message, 'replace'),
        ...(replyTo === undefined
          ? {}
          : { message_reference: { message_id: replyTo, fail_if_not_exists: false } }),
        ...(nonce === undefined ? {} : { nonce, enforce_nonce: true }),
        ...(silent === true ? { flags: MessageFlags.SuppressNotifications } : {}),
      };
      const files = rawFiles(message);
      const post = () => rest.post(Routes.channelMessages(channelId), { body, files });
      return Sent.parse(await turns.take(channelId, 'now', post)).id;
    },
    async edit(channelId, messageId, message, files) {
      await turns.take(channelId, 'now', () => patch(channelId, messageId, message, files));
    },
    async redraw(channelId, messageId, draw, { withdraw, cut }) {
      const work = (): Promise<unknown> | null => {
        const message = draw();
        return message === null ? null : patch(channelId, messageId, message, 'keep', cut);
      };
      await turns.take(channelId, 'when_free', work, withdraw);
    },
  };
}
