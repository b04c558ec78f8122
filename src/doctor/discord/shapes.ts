import * as z from 'zod';

/** What is read of Discord's objects, by its field names: https://discord.com/developers/docs/resources */

const id = z.string();
/** A bit set in decimal. */
const bits = z.string().regex(/^\d+$/);

export const User = z.object({ id, username: z.string(), bot: z.boolean().optional() });
export type User = z.output<typeof User>;

export const Application = z.object({ id });

export const Role = z.object({
  id,
  name: z.string(),
  permissions: bits,
  mentionable: z.boolean().optional(),
  tags: z.object({ bot_id: id.optional() }).optional(),
});

export const Guild = z.object({ id, name: z.string(), owner_id: id, roles: z.array(Role) });
export type Guild = z.output<typeof Guild>;

export const GuildName = z.object({ id, name: z.string() });

export const Member = z.object({
  user: User,
  roles: z.array(id),
  communication_disabled_until: z.string().nullish(),
});
export type Member = z.output<typeof Member>;

export const Channel = z.object({
  id,
  type: z.int(),
  guild_id: id.optional(),
  name: z.string().nullish(),
  permission_overwrites: z
    .array(z.object({ id, type: z.union([z.literal(0), z.literal(1)]), allow: bits, deny: bits }))
    .default([]),
});
export type Channel = z.output<typeof Channel>;

export const GatewayBot = z.object({
  url: z.string(),
  session_start_limit: z.object({ total: z.int(), remaining: z.int(), reset_after: z.number() }),
});

export const Commands = z.array(z.record(z.string(), z.unknown()));

export const Webhook = z.object({
  name: z.string().nullish(),
  guild_id: id.nullish(),
  channel_id: id.nullish(),
});
