import { variable } from '../../config/variables.js';
import type { Check } from '../../core/model/diagnosis.js';
import { passed, problem, warning } from '../check.js';
import { type ApiSettings, ask, whyNot } from './api.js';
import { Webhook } from './shapes.js';

const ID = 'discord.webhook';

/** Is the webhook for alerts still there? Asking for it posts nothing. Its address is a secret and never told. */
export async function webhookCheck(
  url: string,
  homeId: string | null,
  settings: Pick<ApiSettings, 'http' | 'signal' | 'now'>,
): Promise<Check> {
  const { origin, pathname } = new URL(url);
  const answer = await ask(`${origin}${pathname}`, undefined, settings);
  const remedy = variable('DISCORD_WEBHOOK_URL').remedy;
  if (answer.kind !== 'data') {
    const gone = answer.kind === 'refused' && [401, 404].includes(answer.status);
    return gone
      ? problem('discord', ID, 'The webhook that DISCORD_WEBHOOK_URL names does not exist.', remedy)
      : problem(
          'discord',
          ID,
          `The webhook that DISCORD_WEBHOOK_URL names does not answer: ${whyNot(answer)}.`,
          'Check the network, then run `chatops doctor` again.',
        );
  }
  const webhook = Webhook.safeParse(answer.data);
  if (!webhook.success) {
    return problem('discord', ID, 'What DISCORD_WEBHOOK_URL names is not a Discord webhook.', remedy);
  }
  const { name, guild_id: guildId } = webhook.data;
  if (homeId !== null && guildId !== null && guildId !== undefined && guildId !== homeId) {
    const message = 'The webhook that DISCORD_WEBHOOK_URL names belongs to another server than the bot’s.';
    return warning('discord', ID, message, remedy);
  }
  return passed('discord', ID, `The webhook ${name ?? 'for alerts'} answers.`);
}
