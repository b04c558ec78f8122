import { arrayOf, idOf, isObject, type JsonObject } from '../wire/json.js';
import type { Channel } from '../wire/types.js';
import { may } from './access.js';
import type { Pings, World } from './world.js';

interface Allowed {
  readonly everyone: boolean;
  readonly roles: (id: string) => boolean;
  readonly users: (id: string) => boolean;
  readonly repliedUser: boolean;
}

/** Without `allowed_mentions` everything pings; with it only what it names. */
function allowedBy(raw: unknown): Allowed {
  if (!isObject(raw)) return { everyone: true, roles: () => true, users: () => true, repliedUser: true };
  const parse = arrayOf(raw.parse);
  const listed = (name: 'roles' | 'users') => {
    const ids = arrayOf(raw[name]).map(idOf);
    return (id: string) => parse.includes(name) || ids.includes(id);
  };
  return {
    everyone: parse.includes('everyone'),
    roles: listed('roles'),
    users: listed('users'),
    repliedUser: raw.replied_user === true,
  };
}

/** What a new message's mentions depend on. */
export interface MentionContext {
  readonly text: string;
  readonly allowedMentions: unknown;
  readonly channel: Channel;
  readonly authorId: string;
  /** The author of the message that is replied to. */
  readonly repliedTo: string | null;
}

/**
 * Who a message really notifies. Code fences and backslashes are not honoured here, unlike in
 * Discord: whoever relies on them alone is found out.
 * https://discord.com/developers/docs/resources/message#allowed-mentions-object
 */
export function pingsOf(world: World, context: MentionContext): Pings {
  const { text, allowedMentions, channel, authorId, repliedTo } = context;
  const allowed = allowedBy(allowedMentions);
  // A webhook's author is no member; Discord lets it mention everybody.
  const loud = !world.members.has(authorId) || may(world, authorId, 'MENTION_EVERYONE', channel);
  const found = (pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))];
  const users = found(/<@!?(\d+)>/g).filter((id) => world.members.has(id) && allowed.users(id));
  const replied = repliedTo && allowed.repliedUser && !users.includes(repliedTo) ? [repliedTo] : [];
  return {
    everyone: loud && allowed.everyone && /@(everyone|here)\b/.test(text),
    roles: found(/<@&(\d+)>/g).filter((id) => {
      const role = world.roles.get(id);
      return role !== undefined && (role.mentionable || loud) && allowed.roles(id);
    }),
    users: [...users, ...replied],
  };
}

/** Fields of `allowed_mentions` that contradict each other, as a form error's text; null when there are none. */
export function mentionConflict(raw: JsonObject): string | null {
  for (const name of ['users', 'roles']) {
    if (arrayOf(raw.parse).includes(name) && arrayOf(raw[name]).length > 0) {
      return `parse:["${name}"] and ${name}: [ids...] are mutually exclusive.`;
    }
  }
  return null;
}
