import { type Client, Routes } from 'discord.js';
import type { Logger } from './deps.js';

const FIRST_WAIT_MS = 5000;
const LONGEST_WAIT_MS = 60_000;
const UNAUTHORIZED = 401;

/**
 * Logs in. Rejects when Discord refuses the token or the gateway intents. When Discord can't be reached, that
 * is logged and tried again in the background, ever more seldom, until `giveUp` is called. `firstWait` is in
 * ms. A client can't be used again after a failed login, so it logs in only once Discord has answered.
 */
export async function logIn(
  client: Client,
  token: string,
  log: Logger,
  firstWait = FIRST_WAIT_MS,
): Promise<{ giveUp(): void }> {
  let timer: NodeJS.Timeout | null = null;
  let over = false;
  client.rest.setToken(token);

  const attempt = async (wait: number): Promise<void> => {
    if (await answers(client, log, wait)) {
      if (!over) await client.login(token);
    } else if (!over) {
      timer = setTimeout(() => {
        attempt(Math.min(LONGEST_WAIT_MS, wait * 2)).catch((error: unknown) =>
          log.error({ err: error }, 'Discord refused the login'),
        );
      }, wait);
    }
  };
  await attempt(firstWait);
  return {
    giveUp: () => {
      over = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** Does Discord answer? A refused token counts: login then says so. */
async function answers(client: Client, log: Logger, retryInMs: number): Promise<boolean> {
  try {
    await client.rest.get(Routes.gatewayBot());
    return true;
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === UNAUTHORIZED) return true;
    log.warn({ err: error, retryInMs }, 'Discord can’t be reached; it is tried again');
    return false;
  }
}
