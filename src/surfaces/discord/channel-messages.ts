import { MessageFlags, type REST, Routes } from 'discord.js';
import { z } from 'zod';
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

/** Messages sent and edited with the bot's own token, which never dies. */
export interface ChannelMessages {
  /** Returns the new message's id. */
  send(channelId: string, message: Message, options?: SendOptions): Promise<string>;
  /** `keep` leaves the attached files as they are; `replace` makes them the message's. */
  edit(channelId: string, messageId: string, message: Message, files: 'replace' | 'keep'): Promise<void>;
}

const Sent = z.object({ id: z.string() });

export function channelMessages(rest: REST): ChannelMessages {
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
      return Sent.parse(await rest.post(Routes.channelMessages(channelId), { body, files })).id;
    },
    async edit(channelId, messageId, message, files) {
      await rest.patch(Routes.channelMessage(channelId, messageId), {
        body: messageBody(message, files),
        ...(files === 'replace' ? { files: rawFiles(message) } : {}),
      });
    },
  };
}
