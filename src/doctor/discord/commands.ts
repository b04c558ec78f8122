import type { Check } from '../../core/model/diagnosis.js';
import { isRegistered, wantedCommands } from '../../surfaces/discord/command-set.js';
import { passed, problem, warning } from '../check.js';
import { type DiscordApi, whyNot } from './api.js';
import type { Bot } from './login.js';
import { inviteLink } from './permissions.js';
import { Commands } from './shapes.js';

const ID = 'discord.commands';

/**
 * Are the slash commands registered, and are they this version's?
 * @param forMembers a policy is set, so they are shown to everybody
 */
export async function commandsCheck(
  api: DiscordApi,
  bot: Bot,
  guildId: string | null,
  forMembers: boolean,
): Promise<Check> {
  const where = guildId === null ? '' : `/guilds/${guildId}`;
  const answer = await api.get(`/applications/${bot.applicationId}${where}/commands`);
  if (answer.kind === 'refused' && answer.status === 403) {
    return problem(
      'discord',
      ID,
      'The bot was invited without the right to make slash commands.',
      `Invite it again, without removing it first: ${inviteLink(bot.applicationId, guildId)}`,
    );
  }
  const registered = answer.kind === 'data' ? Commands.safeParse(answer.data) : null;
  if (!registered?.success) {
    const why = answer.kind === 'data' ? 'the answer is not what Discord documents' : whyNot(answer);
    const message = `The slash commands could not be looked at: ${why}.`;
    return problem('discord', ID, message, 'Wait some minutes, then run `chatops doctor` again.');
  }
  const wanted = wantedCommands(guildId !== null, forMembers);
  if (isRegistered(wanted, registered.data)) {
    return passed('discord', ID, `${wanted.length} slash commands are registered, as this version has them.`);
  }
  const none = registered.data.length === 0;
  return warning(
    'discord',
    ID,
    none
      ? 'No slash commands are registered, so people can’t ask for anything.'
      : 'The registered slash commands are not those of this version.',
    `${none ? 'Start' : 'Restart'} the bot (\`chatops start\`): it registers them when it connects.`,
  );
}
