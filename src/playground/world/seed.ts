import { randomBytes } from 'node:crypto';
import { bitsOf, type PermissionName } from '../wire/permissions.js';
import type { Channel, Member, Role, User } from '../wire/types.js';
import { createClock, createIds } from './clock.js';
import { createEmitter, type World, type WorldConfig } from './world.js';

/** Who and what is in the guild. Names are unique and are how tests and pages speak of things. */
export interface Seed {
  readonly guild: string;
  readonly roles: Readonly<
    Record<string, { readonly permissions: readonly PermissionName[]; readonly mentionable?: boolean }>
  >;
  readonly members: Readonly<Record<string, { readonly roles: readonly string[] }>>;
  readonly channels: readonly string[];
  readonly botName: string;
  /** Guilds that the bot is in too, with their channels. Nothing happens there. */
  readonly otherGuilds: Readonly<Record<string, readonly string[]>>;
}

export const DEFAULT_SEED: Seed = {
  guild: 'Home lab',
  roles: {
    Admin: { permissions: ['ADMINISTRATOR'] },
    Operator: { permissions: ['MANAGE_MESSAGES'], mentionable: true },
    Viewer: { permissions: [] },
  },
  members: {
    alice: { roles: ['Admin'] },
    bob: { roles: ['Admin'] },
    olga: { roles: ['Operator'] },
    victor: { roles: ['Viewer'] },
    nobody: { roles: [] },
  },
  channels: ['ops', 'alerts'],
  botName: 'ChatOps',
  otherGuilds: {},
};

/** What a new guild lets everybody do. */
const EVERYONE: readonly PermissionName[] = [
  'ADD_REACTIONS',
  'VIEW_CHANNEL',
  'SEND_MESSAGES',
  'EMBED_LINKS',
  'ATTACH_FILES',
  'READ_MESSAGE_HISTORY',
  'USE_APPLICATION_COMMANDS',
  'CREATE_PUBLIC_THREADS',
  'CREATE_PRIVATE_THREADS',
  'SEND_MESSAGES_IN_THREADS',
];

/** Builds a guild with its roles, members and channels, and one webhook for each channel. */
export function createWorld(seed: Seed, config: WorldConfig, now?: () => number): World {
  const clock = createClock(now);
  const newId = createIds(clock);
  const user = (username: string, bot: boolean): User => ({
    id: newId(),
    username,
    global_name: null,
    discriminator: '0',
    avatar: null,
    bot,
  });

  const guildId = newId();
  const everyone: Role = {
    id: guildId,
    name: '@everyone',
    permissions: String(bitsOf(EVERYONE)),
    position: 0,
    mentionable: false,
  };
  const named = Object.entries(seed.roles).map(
    ([name, { permissions, mentionable = false }], index): Role => ({
      id: newId(),
      name,
      permissions: String(bitsOf(permissions)),
      position: index + 1,
      mentionable,
    }),
  );
  const roleIds = (names: readonly string[]) =>
    named.filter((role) => names.includes(role.name)).map((role) => role.id);
  const owner = user('owner', false);
  const bot = user(seed.botName, true);
  const members: Member[] = [
    { user: owner, roles: [] },
    { user: bot, roles: [] },
    ...Object.entries(seed.members).map(([name, { roles }]) => ({
      user: user(name, false),
      roles: roleIds(roles),
    })),
  ];
  const textChannel = (name: string): Channel => ({
    id: newId(),
    type: 0,
    name,
    parent_id: null,
    permission_overwrites: [],
    last_message_id: null,
  });
  const channels = seed.channels.map(textChannel);
  const otherGuilds = Object.entries(seed.otherGuilds).map(([name, names]) => ({
    id: newId(),
    name,
    channels: names.map(textChannel),
  }));
  const webhooks = channels.map(({ id }) => ({
    id: newId(),
    token: randomBytes(34).toString('base64url'),
    channelId: id,
  }));

  return {
    config,
    clock,
    newId,
    guild: { id: guildId, name: seed.guild, ownerId: owner.id },
    otherGuilds,
    bot,
    applicationId: bot.id,
    roles: new Map([everyone, ...named].map((role) => [role.id, role])),
    members: new Map(members.map((member) => [member.user.id, member])),
    channels: new Map(channels.map((channel) => [channel.id, channel])),
    messages: new Map(),
    files: new Map(),
    globalCommands: new Map(),
    guildCommands: new Map(),
    interactions: new Map(),
    webhooks: new Map(webhooks.map((webhook) => [webhook.id, webhook])),
    oldEdits: new Map(),
    filesUrl: { value: '' },
    botInGuild: { value: true },
    ...createEmitter(),
  };
}
