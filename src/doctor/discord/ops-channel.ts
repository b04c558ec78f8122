import { variable } from '../../config/variables.js';
import type { Check } from '../../core/model/diagnosis.js';
import { passed, problem, skipped } from '../check.js';
import { type DiscordApi, whyNot } from './api.js';
import type { Home } from './guild.js';
import { bearerOf, missingPermissions, namesOf, reasonsOf } from './permissions.js';
import { Channel } from './shapes.js';

const AREA = 'discord';
const ID = 'discord.ops_channel';
const REMEDY = variable('DISCORD_OPS_CHANNEL_ID').remedy;
/** Text and announcement channels; only those can hold a card with a thread. */
const FITTING = [0, 5];

/** The channel for alerts: there, of the right kind, and open to the bot in every way that alerts need. */
export async function opsChannelCheck(
  api: DiscordApi,
  home: Home,
  channelId: string | null,
  now: number,
): Promise<Check> {
  if (channelId === null) {
    return skipped(AREA, ID, 'DISCORD_OPS_CHANNEL_ID is not set: there is no channel for alerts.');
  }
  const found = await findChannel(api, home, channelId);
  if ('check' in found) return found.check;
  const { channel } = found;
  const name = `#${channel.name ?? channelId}`;
  if (channel.guild_id !== home.guild.id) {
    const message = `${name}, which DISCORD_OPS_CHANNEL_ID names, is not in ${home.guild.name}.`;
    return problem(AREA, ID, message, `Choose a channel of ${home.guild.name}. ${REMEDY}`);
  }
  if (!FITTING.includes(channel.type)) {
    const message = `${name}, which DISCORD_OPS_CHANNEL_ID names, is not a text channel.`;
    return problem(AREA, ID, message, `Choose a text channel. ${REMEDY}`);
  }
  const missing = missingPermissions(home.guild, home.member, channel, now);
  if (missing.length === 0) return passed(AREA, ID, `The bot may do all that alerts need in ${name}.`);
  return problem(
    AREA,
    ID,
    `In ${name} the bot lacks ${reasonsOf(missing)}.`,
    `In Discord, open ${name} › Edit Channel › Permissions, and allow ${namesOf(missing)} for ${bearerOf(home.guild, home.member)}.`,
  );
}

type Found = { readonly channel: Channel } | { readonly check: Check };

async function findChannel(api: DiscordApi, { guild }: Home, channelId: string): Promise<Found> {
  const answer = await api.get(`/channels/${channelId}`);
  if (answer.kind === 'data') {
    const channel = Channel.safeParse(answer.data);
    if (channel.success) return { channel: channel.data };
  }
  if (answer.kind === 'refused' && answer.status === 403) {
    // It is there and hidden from the bot; the server's list names it, with its exceptions.
    const list = await api.get(`/guilds/${guild.id}/channels`);
    const channels = list.kind === 'data' ? Channel.array().safeParse(list.data) : null;
    const hidden = channels?.data?.find(({ id }) => id === channelId);
    if (hidden) return { channel: { ...hidden, guild_id: guild.id } };
    const message = `The channel ${channelId}, which DISCORD_OPS_CHANNEL_ID names, is hidden from the bot.`;
    const remedy = `Allow View Channel for the bot there, or choose another channel of ${guild.name}. ${REMEDY}`;
    return { check: problem(AREA, ID, message, remedy) };
  }
  if (answer.kind === 'refused' && answer.status === 404) {
    const message = `There is no channel ${channelId}, which DISCORD_OPS_CHANNEL_ID names.`;
    return { check: problem(AREA, ID, message, `Choose a channel of ${guild.name}. ${REMEDY}`) };
  }
  const why = answer.kind === 'data' ? 'the answer is not what Discord documents' : whyNot(answer);
  const message = `The channel ${channelId} could not be looked at: ${why}.`;
  return { check: problem(AREA, ID, message, 'Wait some minutes, then run `chatops doctor` again.') };
}
