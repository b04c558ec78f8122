import { variable } from '../../config/variables.js';
import type { Check } from '../../core/model/diagnosis.js';
import { passed, problem, warning } from '../check.js';
import { type DiscordApi, whyNot } from './api.js';
import type { Bot } from './login.js';
import { bearerOf, inviteLink, type Missing, missingPermissions, namesOf } from './permissions.js';
import { Guild, GuildName, Member } from './shapes.js';

/** The server that the bot serves, with the bot as its member. */
export interface Home {
  readonly guild: Guild;
  readonly member: Member;
}

export interface FoundHome {
  readonly home: Home | null;
  readonly checks: readonly Check[];
}

const AREA = 'discord';
const ID = 'discord.guild';

/** Finds the bot's server: the configured one, or the only one it is in. */
export async function findHome(api: DiscordApi, bot: Bot, guildId: string | null): Promise<FoundHome> {
  if (guildId !== null) return lookAtHome(api, bot, guildId);
  const answer = await api.get('/users/@me/guilds');
  const guilds = answer.kind === 'data' ? GuildName.array().safeParse(answer.data) : null;
  if (!guilds?.success) {
    return unknown('Discord does not say which servers the bot is in', answer);
  }
  const [only, ...others] = guilds.data;
  if (only === undefined) {
    const invite = `Invite it: ${inviteLink(bot.applicationId, null)}`;
    return alone(problem(AREA, ID, `The bot ${bot.user.username} is in no server.`, invite));
  }
  if (others.length === 0) return lookAtHome(api, bot, only.id);
  const names = guilds.data.map(({ name, id }) => `${name} (${id})`).join(', ');
  return alone(
    problem(
      AREA,
      ID,
      `The bot is in ${guilds.data.length} servers, and DISCORD_GUILD_ID is not set, so nobody may run anything: ${names}.`,
      'Set DISCORD_GUILD_ID to the id of the server that it serves.',
    ),
  );
}

async function lookAtHome(api: DiscordApi, bot: Bot, guildId: string): Promise<FoundHome> {
  const answer = await api.get(`/guilds/${guildId}`);
  if (answer.kind === 'refused' && [403, 404].includes(answer.status)) {
    return alone(
      problem(
        AREA,
        ID,
        `The bot ${bot.user.username} is not in the server ${guildId} that DISCORD_GUILD_ID names.`,
        `Invite it: ${inviteLink(bot.applicationId, guildId)} – or correct DISCORD_GUILD_ID. ${variable('DISCORD_GUILD_ID').remedy}`,
      ),
    );
  }
  const guild = answer.kind === 'data' ? Guild.safeParse(answer.data) : null;
  if (!guild?.success) return unknown(`The server ${guildId} could not be looked at`, answer);
  const memberAnswer = await api.get(`/guilds/${guildId}/members/${bot.user.id}`);
  const member = memberAnswer.kind === 'data' ? Member.safeParse(memberAnswer.data) : null;
  const found = passed(AREA, ID, `The bot is in the server ${guild.data.name}.`);
  if (!member?.success) {
    const { checks } = unknown(`The bot’s roles in ${guild.data.name} could not be read`, memberAnswer);
    return { home: null, checks: [found, ...checks] };
  }
  return { home: { guild: guild.data, member: member.data }, checks: [found] };
}

function alone(check: Check): FoundHome {
  return { home: null, checks: [check] };
}

function unknown(what: string, answer: Parameters<typeof whyNot>[0] | { readonly kind: 'data' }): FoundHome {
  const why = answer.kind === 'data' ? 'the answer is not what Discord documents' : whyNot(answer);
  return alone(problem(AREA, ID, `${what}: ${why}.`, 'Wait some minutes, then run `chatops doctor` again.'));
}

/** What the bot's roles let it do in channels without exceptions of their own. */
export function rolesCheck({ guild, member }: Home, now: number): Check {
  const missing = missingPermissions(guild, member, null, now);
  const id = 'discord.permissions';
  if (missing.length === 0) {
    return passed(AREA, id, `The bot’s roles in ${guild.name} hold every permission that it needs.`);
  }
  if (missing.every(({ why }) => why === 'the bot is timed out')) return timedOut(guild, missing);
  return warning(
    AREA,
    id,
    `The bot’s roles in ${guild.name} lack ${namesOf(missing)}: in channels without an exception for it, commands are refused.`,
    `In Discord, open Server Settings › Roles, and allow ${namesOf(missing)} for ${bearerOf(guild, member)}.`,
  );
}

function timedOut(guild: Guild, missing: readonly Missing[]): Check {
  return problem(
    AREA,
    'discord.permissions',
    `The bot is timed out in ${guild.name}, so it lacks ${namesOf(missing)}.`,
    'In Discord, right-click the bot in the list of members and choose Remove Timeout.',
  );
}
