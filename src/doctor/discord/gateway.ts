import type { Check } from '../../core/model/diagnosis.js';
import { formatDuration } from '../../core/text/format.js';
import { passed, problem, warning } from '../check.js';
import { type ApiSettings, ask, type DiscordApi, whyNot } from './api.js';
import { GatewayBot } from './shapes.js';

/** Below this share of logins that are left, somebody should look. */
const FEW = 0.05;

/** The gateway can be reached, and the bot may still log in to it today. */
export async function gatewayChecks(
  api: DiscordApi,
  settings: Pick<ApiSettings, 'http' | 'signal' | 'now'>,
): Promise<readonly Check[]> {
  const answer = await api.get('/gateway/bot');
  const parsed = answer.kind === 'data' ? GatewayBot.safeParse(answer.data) : null;
  if (!parsed?.success) {
    const why = answer.kind === 'data' ? 'it answered something unexpected' : whyNot(answer);
    const message = `Discord does not say where its gateway is: ${why}.`;
    const remedy = 'Wait some minutes, then run `chatops doctor` again.';
    return [problem('discord', 'discord.gateway', message, remedy)];
  }
  const { url, session_start_limit: limit } = parsed.data;
  // Plain HTTP to a WebSocket address: any answer shows that it can be reached.
  const reached = await ask(url.replace(/^ws/, 'http'), undefined, settings);
  return [
    reached.kind === 'silent'
      ? problem(
          'discord',
          'discord.gateway',
          `Discord’s gateway can’t be reached: ${whyNot(reached)}.`,
          `Let this machine connect to ${new URL(url).host}: firewalls and DNS filters often block it apart from discord.com.`,
        )
      : passed('discord', 'discord.gateway', 'Discord’s gateway can be reached.'),
    sessionsCheck(limit),
  ];
}

interface Limit {
  readonly total: number;
  readonly remaining: number;
  /** Milliseconds. */
  readonly reset_after: number;
}

function sessionsCheck({ total, remaining, reset_after: resetMs }: Limit): Check {
  const left = `${remaining} of ${total} logins are left; in ${formatDuration(resetMs)} there are ${total} again`;
  const remedy =
    'Find out what restarts the bot so often (`systemctl status`, `docker ps`), or whether another bot uses its token.';
  if (remaining === 0) {
    return problem('discord', 'discord.sessions', `The bot can’t log in to Discord: ${left}.`, remedy);
  }
  if (remaining < total * FEW) {
    return warning('discord', 'discord.sessions', `The bot logs in to Discord very often: ${left}.`, remedy);
  }
  return passed('discord', 'discord.sessions', `${remaining} of ${total} logins to Discord are left today.`);
}
