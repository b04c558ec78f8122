/** Permission bits that matter here: https://discord.com/developers/docs/topics/permissions */
export const PERMISSIONS = {
  ADMINISTRATOR: 1n << 3n,
  MANAGE_CHANNELS: 1n << 4n,
  MANAGE_GUILD: 1n << 5n,
  ADD_REACTIONS: 1n << 6n,
  VIEW_CHANNEL: 1n << 10n,
  SEND_MESSAGES: 1n << 11n,
  MANAGE_MESSAGES: 1n << 13n,
  EMBED_LINKS: 1n << 14n,
  ATTACH_FILES: 1n << 15n,
  READ_MESSAGE_HISTORY: 1n << 16n,
  MENTION_EVERYONE: 1n << 17n,
  USE_APPLICATION_COMMANDS: 1n << 31n,
  MANAGE_THREADS: 1n << 34n,
  CREATE_PUBLIC_THREADS: 1n << 35n,
  CREATE_PRIVATE_THREADS: 1n << 36n,
  SEND_MESSAGES_IN_THREADS: 1n << 38n,
} as const;

export type PermissionName = keyof typeof PERMISSIONS;

/** What an administrator has: every bit that Discord has given a meaning so far. */
const ALL_PERMISSIONS = (1n << 53n) - 1n;

export function bitsOf(names: readonly PermissionName[]): bigint {
  return names.reduce((bits, name) => bits | PERMISSIONS[name], 0n);
}

/** A channel's exception for one role or member. `allow` and `deny` are decimal bit sets. */
export interface Overwrite {
  readonly id: string;
  /** 0: a role, 1: a member. */
  readonly type: 0 | 1;
  readonly allow: string;
  readonly deny: string;
}

/** Whose permissions are computed. */
export interface Holder {
  readonly userId: string;
  readonly everyoneId: string;
  readonly roles: readonly { readonly id: string; readonly permissions: string }[];
}

/**
 * The permissions of a member in a channel, in Discord's order: roles, then overwrites of everyone, of the
 * member's roles, of the member. Without overwrites these are the permissions in the guild.
 */
export function permissionsIn(holder: Holder, overwrites: readonly Overwrite[] = []): bigint {
  const base = holder.roles.reduce((bits, role) => bits | BigInt(role.permissions), 0n);
  if (base & PERMISSIONS.ADMINISTRATOR) return ALL_PERMISSIONS;
  const roleIds = holder.roles.map((role) => role.id).filter((id) => id !== holder.everyoneId);
  const layers = [
    overwrites.filter((entry) => entry.id === holder.everyoneId),
    overwrites.filter((entry) => entry.type === 0 && roleIds.includes(entry.id)),
    overwrites.filter((entry) => entry.type === 1 && entry.id === holder.userId),
  ];
  return layers.reduce((bits, layer) => {
    const denied = layer.reduce((sum, entry) => sum | BigInt(entry.deny), 0n);
    const allowed = layer.reduce((sum, entry) => sum | BigInt(entry.allow), 0n);
    return (bits & ~denied) | allowed;
  }, base);
}
