import { createPerson, type Person } from './driver/person.js';
import { type WaitOptions, waitFor } from './driver/wait.js';
import type { Drop, Gateway } from './gateway/gateway.js';
import type { Fault, Faults } from './rest/faults.js';
import type { LoggedRequest, Violation } from './rest/request-log.js';
import { bitsOf, type PermissionName } from './wire/permissions.js';
import type { Attachment } from './wire/types.js';
import { channelOf, memberOf } from './world/access.js';
import { deleteMessage } from './world/messages.js';
import { changeThread, deleteThread } from './world/threads.js';
import type { StoredMessage, World, WorldListener } from './world/world.js';

/** What a role or member may do in a channel against the rule. */
interface Exception {
  readonly allow?: readonly PermissionName[];
  readonly deny?: readonly PermissionName[];
}

/** How tests and a page move the local Discord. Names are those of the seed; ids work too. */
export interface Control {
  readonly guildId: string;
  readonly applicationId: string;
  /** Every request of the bot, in the order in which they were answered. */
  readonly requests: readonly LoggedRequest[];
  readonly violations: readonly Violation[];
  channelId(name: string): string;
  userId(name: string): string;
  roleId(name: string): string;
  /** A webhook's address that posts to the channel. */
  webhookUrl(channel: string): string;
  /** Acts as a person of the guild. */
  as(member: string): Person;
  /** A message as it is now; null when it was deleted. */
  message(id: string): StoredMessage | null;
  /** All messages of a channel or thread, ephemeral ones too, oldest first. */
  messages(channel: string): readonly StoredMessage[];
  /** An uploaded file's bytes. */
  file(attachment: Pick<Attachment, 'id'>): Buffer;
  waitFor<T>(look: () => T | null | undefined | false, options?: WaitOptions): Promise<T>;
  /** Waits until a bot is connected to the gateway. */
  waitForBot(options?: WaitOptions): Promise<void>;
  /** Is a bot connected to the gateway now? */
  botConnected(): boolean;
  /** Calls back for everything that happens. Returns how to stop. */
  subscribe(listener: WorldListener): () => void;
  /** Lets the next requests that match fail or wait. */
  inject(fault: Fault): void;
  /** Ends all faults that were injected and not used up. */
  clearFaults(): void;
  /** Milliseconds that every request takes longer from now on. */
  setLatency(ms: number): void;
  setMemberRoles(member: string, roles: readonly string[]): void;
  setRolePermissions(role: string, permissions: readonly PermissionName[]): void;
  /** `who`: a role, a member, or `bot`. Replaces the exception that they had there. */
  setChannelPermissions(channel: string, who: string, exception: Exception): void;
  /** A moderator deletes a message. */
  deleteMessage(id: string): void;
  /** A moderator closes a thread; `locked`: only moderators can open it again. */
  closeThread(id: string, state?: { readonly locked: boolean }): void;
  /** A moderator deletes a thread. */
  deleteThread(id: string): void;
  /** An administrator removes the bot from the guild, or invites it again. */
  setBotInGuild(value: boolean): void;
  dropGateway(drop?: Drop): void;
  /** All interaction tokens that exist now die. */
  expireInteractionTokens(): void;
  /** Lets time pass at once: messages age, tokens die, buckets refill. */
  advance(ms: number): void;
}

/** What the control moves. */
export interface Machinery {
  readonly world: World;
  readonly gateway: Gateway;
  readonly faults: Faults;
  readonly latency: { ms: number };
  readonly requests: readonly LoggedRequest[];
  readonly violations: readonly Violation[];
  readonly origin: string;
}

export function createControl(machinery: Machinery): Control {
  const { world, gateway, faults, latency, requests, violations, origin } = machinery;
  const elsewhere = world.otherGuilds.flatMap(({ channels }) => channels);
  const channelId = (name: string) =>
    elsewhere.find((channel) => channel.name === name)?.id ??
    lookUp(name, 'channel', world.channels, (channel) => channel.name);
  const userId = (name: string) =>
    name === 'bot' ? world.bot.id : lookUp(name, 'member', world.members, ({ user }) => user.username);
  const roleId = (name: string) => lookUp(name, 'role', world.roles, (role) => role.name);
  const firstChannel = () => [...world.channels.keys()][0] ?? '';

  return {
    guildId: world.guild.id,
    applicationId: world.applicationId,
    requests,
    violations,
    channelId,
    userId,
    roleId,
    webhookUrl(channel) {
      const id = channelId(channel);
      const webhook = [...world.webhooks.values()].find((entry) => entry.channelId === id);
      if (!webhook) throw new Error(`#${channel} has no webhook.`);
      return `${origin}/api/webhooks/${webhook.id}/${webhook.token}`;
    },
    as: (member) =>
      createPerson(world, userId(member), (name) => (name === undefined ? firstChannel() : channelId(name))),
    message: (id) => world.messages.get(id) ?? null,
    messages(channel) {
      const id = channelId(channel);
      return [...world.messages.values()].filter((message) => message.channel_id === id);
    },
    file({ id }) {
      const file = world.files.get(id);
      if (!file) throw new Error(`There is no file ${id}.`);
      return file.data;
    },
    waitFor: (look, options) => waitFor(world, look, options),
    async waitForBot(options) {
      await waitFor(world, gateway.connected, { what: 'a bot at the gateway', ...options });
    },
    botConnected: () => gateway.connected(),
    subscribe: (listener) => world.subscribe(listener),
    inject: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    setLatency(ms) {
      latency.ms = ms;
    },
    setMemberRoles(member, roles) {
      const changed = { ...memberOf(world, userId(member)), roles: roles.map(roleId) };
      world.members.set(changed.user.id, changed);
      world.emit({ type: 'member_update', member: changed });
    },
    setRolePermissions(role, permissions) {
      const id = roleId(role);
      const old = world.roles.get(id);
      if (!old) return;
      const changed = { ...old, permissions: String(bitsOf(permissions)) };
      world.roles.set(id, changed);
      world.emit({ type: 'role_update', role: changed });
    },
    setChannelPermissions(channel, who, { allow = [], deny = [] }) {
      const old = channelOf(world, channelId(channel));
      const isRole = [...world.roles.values()].some(({ id, name }) => name === who || id === who);
      const id = isRole ? roleId(who) : userId(who);
      const others = old.permission_overwrites.filter((entry) => entry.id !== id);
      const own = {
        id,
        type: isRole ? 0 : 1,
        allow: String(bitsOf(allow)),
        deny: String(bitsOf(deny)),
      } as const;
      const changed = { ...old, permission_overwrites: [...others, own] };
      world.channels.set(old.id, changed);
      world.emit({ type: 'channel_update', channel: changed });
    },
    deleteMessage(id) {
      const message = world.messages.get(id);
      if (message) deleteMessage(world, message);
    },
    closeThread(id, { locked } = { locked: false }) {
      changeThread(world, channelOf(world, id), { archived: true, locked });
    },
    deleteThread: (id) => deleteThread(world, channelOf(world, id)),
    setBotInGuild(value) {
      world.botInGuild.value = value;
      world.emit({ type: 'bot_in_guild', value });
    },
    dropGateway: (drop = {}) => gateway.drop(drop),
    expireInteractionTokens() {
      for (const interaction of world.interactions.values()) interaction.expired = true;
    },
    advance: (ms) => world.clock.advance(ms),
  };
}

/** @throws {Error} when neither a name nor an id fits */
function lookUp<T>(wanted: string, what: string, all: Map<string, T>, nameOf: (entry: T) => string): string {
  if (all.has(wanted)) return wanted;
  const found = [...all].find(([, entry]) => nameOf(entry) === wanted);
  if (!found) throw new Error(`There is no ${what} "${wanted}" in the local Discord.`);
  return found[0];
}
