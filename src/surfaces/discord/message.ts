import { MessageFlags, type RawFile, type RESTPatchAPIChannelMessageJSONBody } from 'discord.js';
import type { Message } from './render/fit.js';

/** The JSON body that sends or edits a message. Nobody is pinged but the one user or role that it names. */
export function messageBody(message: Message, files: 'replace' | 'keep'): RESTPatchAPIChannelMessageJSONBody {
  return {
    content: message.content,
    embeds: [...message.embeds],
    components: [...message.components],
    allowed_mentions: mentions(message),
    ...(files === 'keep'
      ? {}
      : { attachments: message.files.map(({ name }, index) => ({ id: String(index), filename: name })) }),
  };
}

export function rawFiles(message: Message): RawFile[] {
  return message.files.map(({ name, data }) => ({ name, data, contentType: 'text/plain' }));
}

/** The same for discord.js's interaction methods. */
export function replyOptions(message: Message) {
  return {
    content: message.content,
    embeds: [...message.embeds],
    components: [...message.components],
    files: message.files.map(({ name, data }) => ({ name, attachment: data })),
    allowedMentions: { parse: [] },
  };
}

export function privately(message: Message) {
  return { ...replyOptions(message), flags: MessageFlags.Ephemeral } as const;
}

function mentions({ ping, pingRole }: Message) {
  return {
    parse: [],
    ...(ping === null ? {} : { users: [ping] }),
    ...(pingRole === undefined ? {} : { roles: [pingRole] }),
    replied_user: false,
  };
}
