import type { Channel, Guild, Member } from './shapes.js';

/** A permission as Discord's client names it; bits: https://discord.com/developers/docs/topics/permissions */
export interface Permission {
  readonly name: string;
  readonly bit: bigint;
}

const ADMINISTRATOR = 1n << 3n;
const VIEW_CHANNEL = 1n << 10n;
const READ_MESSAGE_HISTORY = 1n << 16n;
const MENTION_EVERYONE = 1n << 17n;

/** What runs, alerts and their threads need in a channel. docs/discord.md lists the same. */
export const NEEDED: readonly Permission[] = [
  { name: 'View Channel', bit: VIEW_CHANNEL },
  { name: 'Send Messages', bit: 1n << 11n },
  { name: 'Embed Links', bit: 1n << 14n },
  { name: 'Attach Files', bit: 1n << 15n },
  { name: 'Read Message History', bit: READ_MESSAGE_HISTORY },
  { name: 'Create Public Threads', bit: 1n << 35n },
  { name: 'Send Messages in Threads', bit: 1n << 38n },
];

/** The address that invites the bot with what it needs, to this server when one is named. */
export function inviteLink(applicationId: string, guildId: string | null): string {
  const permissions = NEEDED.reduce((bits, { bit }) => bits | bit, 0n);
  const guild = guildId === null ? '' : `&guild_id=${guildId}`;
  return (
    `https://discord.com/oauth2/authorize?client_id=${applicationId}` +
    `&scope=bot+applications.commands&permissions=${permissions}${guild}`
  );
}

/** A permission that the bot does not have, and why, as the end of a sentence. */
export interface Missing {
  readonly permission: Permission;
  readonly why: string;
}

/**
 * What the bot lacks in a channel, or by its roles alone when there is none. Computed as Discord says:
 * owner and administrators have everything; else roles, then exceptions of everyone, of the roles together
 * (allow wins), of the member; a time-out leaves only viewing and reading.
 * @param at milliseconds since 1970
 */
export function missingPermissions(
  guild: Guild,
  member: Member,
  channel: Channel | null,
  at: number,
): readonly Missing[] {
  const roles = rolesOf(guild, member);
  const base = roles.reduce((bits, role) => bits | BigInt(role.permissions), 0n);
  if (member.user.id === guild.owner_id || (base & ADMINISTRATOR) !== 0n) return [];
  const layers = channel === null ? [] : layersOf(guild, member, channel);
  const timedOut = Date.parse(member.communication_disabled_until ?? '') > at;
  return NEEDED.flatMap((permission) => {
    const why = whyMissing(permission.bit, base, layers, timedOut);
    return why === null ? [] : [{ permission, why }];
  });
}

/** Do the bot's roles let it mention every role, also those that others can't? */
export function mayMentionAll(guild: Guild, member: Member): boolean {
  const bits = rolesOf(guild, member).reduce((all, role) => all | BigInt(role.permissions), 0n);
  return member.user.id === guild.owner_id || (bits & (ADMINISTRATOR | MENTION_EVERYONE)) !== 0n;
}

/** The member's roles, everyone's included: its id is the server's. */
function rolesOf(guild: Guild, member: Member) {
  return guild.roles.filter(({ id }) => id === guild.id || member.roles.includes(id));
}

/** Exceptions that take effect together; a later layer overrides an earlier one. */
interface Layer {
  readonly overwrites: readonly { readonly who: string; readonly allow: bigint; readonly deny: bigint }[];
}

function layersOf(guild: Guild, member: Member, { permission_overwrites: all }: Channel): readonly Layer[] {
  const named = (who: string) => (entry: (typeof all)[number]) => ({
    who,
    allow: BigInt(entry.allow),
    deny: BigInt(entry.deny),
  });
  const own = rolesOf(guild, member).filter(({ id }) => id !== guild.id);
  return [
    { overwrites: all.filter(({ id }) => id === guild.id).map(named('@everyone')) },
    {
      overwrites: own.flatMap(({ id, name }) =>
        all.filter((entry) => entry.type === 0 && entry.id === id).map(named(`the role ${name}`)),
      ),
    },
    {
      overwrites: all
        .filter((entry) => entry.type === 1 && entry.id === member.user.id)
        .map(named('the bot itself')),
    },
  ];
}

/** Null: the bit is granted. */
function whyMissing(bit: bigint, base: bigint, layers: readonly Layer[], timedOut: boolean): string | null {
  let why = (base & bit) === 0n ? 'no role of the bot allows it' : null;
  for (const { overwrites } of layers) {
    if (overwrites.some(({ allow }) => (allow & bit) !== 0n)) {
      why = null;
      continue;
    }
    const denying = overwrites.find(({ deny }) => (deny & bit) !== 0n);
    if (denying) why = `denied there for ${denying.who}`;
  }
  if (why === null && timedOut && (bit & (VIEW_CHANNEL | READ_MESSAGE_HISTORY)) === 0n) {
    return 'the bot is timed out';
  }
  return why;
}

/** Whom to give permissions to: the role that Discord made for the bot, or the bot where there is none. */
export function bearerOf(guild: Guild, member: Member): string {
  const own = guild.roles.find(({ tags }) => tags?.bot_id === member.user.id);
  return own ? `the role ${own.name}` : `the bot ${member.user.username}`;
}

/** `Embed Links and Attach Files`. */
export function namesOf(missing: readonly Missing[]): string {
  const names = missing.map(({ permission }) => permission.name);
  const last = names.pop() ?? '';
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`;
}

/** `Embed Links (denied there for @everyone)`, for each. */
export function reasonsOf(missing: readonly Missing[]): string {
  return missing.map(({ permission, why }) => `${permission.name} (${why})`).join(', ');
}
