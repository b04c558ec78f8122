import { type Phrase, phrase } from '../../core/model/phrase.js';
import type { Host } from '../../core/ports/host.js';
import { type Container, READ } from './container.js';
import { ownContainer, runningOf } from './own-container.js';

/** What the bot stands on: replaced or stopped by the bot, the bot would not live to see the end. */
export interface Ground {
  readonly container: Container;
  /** What it is to the bot, as a clause: `the bot runs in it`. */
  readonly why: Phrase;
  readonly isOwn: boolean;
}

/**
 * The bot's own container and those that it needs to live; empty when it runs in none. Reads only.
 * @param listed the containers of the engine, at least those that run, where they have just been looked at
 */
export async function groundOf(host: Host, listed?: readonly Container[]): Promise<readonly Ground[]> {
  const own = await ownContainer(host, listed);
  if (own === null) return [];
  const self: Ground = { container: own, why: phrase`the bot runs in it`, isOwn: true };
  const running = await runningOf(host, listed);
  const engine = await engineName(host);
  const others = running.flatMap((container): readonly Ground[] => {
    if (container.id === own.id) return [];
    if (own.namespaces.some((one) => one === container.id || one === container.name))
      return [{ container, why: phrase`the bot’s own network runs through it`, isOwn: false }];
    if (engine !== null && container.addresses.includes(engine))
      return [{ container, why: phrase`the bot reaches Docker through it`, isOwn: false }];
    return [];
  });
  return [self, ...others];
}

/** The id of the container that the bot runs in; null: in none. */
export function ownId(ground: readonly Ground[]): string | null {
  return ground.find(({ isOwn }) => isOwn)?.container.id ?? null;
}

/** The machine or container through which the engine is asked; null: its socket. */
async function engineName(host: Host): Promise<string | null> {
  const argv = ['docker', 'context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'];
  const { ok, stdout } = await host.exec(argv, { ...READ, timeoutMs: 10_000 });
  return (ok && /^(?:tcp|https?):\/\/\[?([^\]/:]+)/.exec(stdout.trim())?.[1]) || null;
}
