import { variable } from '../../config/variables.js';
import type { Check } from '../../core/model/diagnosis.js';
import { passed, problem, warning } from '../check.js';
import type { Home } from './guild.js';
import { mayMentionAll } from './permissions.js';

const AREA = 'discord';
const ID = 'discord.ops_role';
const REMEDY = variable('DISCORD_OPS_ROLE_ID').remedy;

/** The role that alerts mention: there, and one that the bot can mention so that phones light up. */
export function opsRoleCheck({ guild, member }: Home, roleId: string, opsChannelId: string | null): Check {
  const role = guild.roles.find(({ id }) => id === roleId);
  if (role === undefined) {
    const message = `There is no role ${roleId}, which DISCORD_OPS_ROLE_ID names, in ${guild.name}.`;
    return problem(AREA, ID, message, `Choose a role of ${guild.name}. ${REMEDY}`);
  }
  if (role.id === guild.id) {
    const message = 'DISCORD_OPS_ROLE_ID names @everyone, whom alerts never mention.';
    return problem(AREA, ID, message, `Choose another role of ${guild.name}. ${REMEDY}`);
  }
  if (opsChannelId === null) {
    const message =
      'DISCORD_OPS_ROLE_ID is set without DISCORD_OPS_CHANNEL_ID, so there is nowhere to mention it.';
    return warning(AREA, ID, message, variable('DISCORD_OPS_CHANNEL_ID').remedy);
  }
  if (role.mentionable || mayMentionAll(guild, member)) {
    return passed(AREA, ID, `Alerts mention the role ${role.name}.`);
  }
  return problem(
    AREA,
    ID,
    `The role ${role.name}, which DISCORD_OPS_ROLE_ID names, can’t be mentioned: alerts light up no phone.`,
    `In Discord, open Server Settings › Roles › ${role.name}, and turn on “Allow anyone to @mention this role”.`,
  );
}
