import { variable } from '../../config/variables.js';
import type { Check } from '../../core/model/diagnosis.js';
import { passed, problem, skipped, warning } from '../check.js';
import { type Answer, type DiscordApi, type Heard, whyNot } from './api.js';
import { Application, User } from './shapes.js';

/** Who the token belongs to. */
export interface Bot {
  readonly user: User;
  /** For the invite; of old bots not the user's id. */
  readonly applicationId: string;
}

/** Does Discord answer, and whom does it take us for? `bot` is null when nothing more can be asked. */
export interface LogIn {
  readonly bot: Bot | null;
  readonly checks: readonly Check[];
  /** The first answer, for comparing clocks; null without one. */
  readonly heard: Heard | null;
}

export interface LogInSettings {
  readonly hasToken: boolean;
  /** DISCORD_TOKEN is set, but wrong; that is told already. */
  readonly tokenBroken: boolean;
  readonly production: boolean;
  readonly apiUrl: string;
}

const AREA = 'discord';
const TOKEN_REMEDY = variable('DISCORD_TOKEN').remedy;

export async function logIn(api: DiscordApi, settings: LogInSettings): Promise<LogIn> {
  const { hasToken, apiUrl } = settings;
  // Anybody may ask for the gateway's address.
  const answer = await api.get(hasToken ? '/users/@me' : '/gateway');
  const heard = answer.kind === 'silent' ? null : answer.heard;
  const down = downCheck(answer, apiUrl);
  if (!hasToken) {
    // Without a token nothing needs Discord; still good to know before one is set.
    const reach = down ? ({ ...down, state: 'warning' } as const) : up(apiUrl);
    return { bot: null, heard, checks: [reach, tokenMissing(settings)] };
  }
  if (down) return { bot: null, heard, checks: [down] };
  if (answer.kind === 'refused') {
    const refused =
      answer.status === 401
        ? problem(AREA, 'discord.token', 'Discord does not accept the token.', TOKEN_REMEDY)
        : problem(
            AREA,
            'discord.token',
            `Discord does not say whose the token is: ${whyNot(answer)}.`,
            'Wait some minutes, then run `chatops doctor` again. If it stays so, make a new token.',
          );
    return { bot: null, heard, checks: [up(apiUrl), refused] };
  }
  const user = answer.kind === 'data' ? User.safeParse(answer.data) : null;
  if (!user?.success) return { bot: null, heard, checks: [notDiscord(apiUrl)] };
  const application = await api.get('/applications/@me');
  const parsed = application.kind === 'data' ? Application.safeParse(application.data) : null;
  const bot = { user: user.data, applicationId: parsed?.success ? parsed.data.id : user.data.id };
  const name = `The token is valid: it is the bot ${user.data.username}’s.`;
  return { bot, heard, checks: [up(apiUrl), passed(AREA, 'discord.token', name)] };
}

function up(apiUrl: string): Check {
  return passed(AREA, 'discord.api', `Discord answers at ${apiUrl}.`);
}

/** Null: there was an answer that is worth reading. */
function downCheck(answer: Answer, apiUrl: string): Check | null {
  if (answer.kind === 'silent') {
    return problem(
      AREA,
      'discord.api',
      `Discord does not answer: ${whyNot(answer)}.`,
      'Check this machine’s network, DNS and firewall (port 443 outwards), and DISCORD_API_URL if you set it.',
    );
  }
  if (answer.kind === 'refused' && answer.status >= 500) {
    return problem(
      AREA,
      'discord.api',
      `Discord answers with an error of its own: ${whyNot(answer)}.`,
      'Look at discordstatus.com, and wait until it is over: the bot connects by itself then.',
    );
  }
  if (answer.kind === 'refused' && answer.status === 404) return notDiscord(apiUrl);
  return null;
}

function notDiscord(apiUrl: string): Check {
  return problem(
    AREA,
    'discord.api',
    `What answers at ${apiUrl} is not Discord.`,
    variable('DISCORD_API_URL').remedy,
  );
}

function tokenMissing({ tokenBroken, production }: LogInSettings): Check {
  if (tokenBroken) return skipped(AREA, 'discord.token', 'DISCORD_TOKEN is wrong: see the configuration.');
  const message = 'DISCORD_TOKEN is not set, so the bot does not come to Discord.';
  const remedy = `${TOKEN_REMEDY} Then set DISCORD_TOKEN in .env.`;
  return production
    ? problem(AREA, 'discord.token', `${message} With NODE_ENV=production it does not start at all.`, remedy)
    : warning(AREA, 'discord.token', message, remedy);
}
