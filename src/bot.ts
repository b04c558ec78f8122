import type { App } from './app.js';
import type { Config } from './config.js';
import { type DiscordSurface, startDiscord } from './surfaces/discord/start.js';
import { createMetrics, type Metrics } from './surfaces/http/metrics/metrics.js';
import type { Readiness, ReadyCheck } from './surfaces/http/routes.js';
import { startSidePort } from './surfaces/http/side-port.js';

/** How often open previews are looked through for those that nobody answered in time, in ms. */
const EXPIRE_EVERY = 1000;

/** The running bot. */
export interface Bot {
  /** No new runs; running ones get the grace period, then are stopped and tidied up; then everything closes. */
  stop(): Promise<void>;
}

/**
 * Starts everything that stays: recovery, expiry, the side port and, with a token, Discord.
 * Throws when the side port can't be opened or Discord refuses the token.
 */
export async function startBot(app: App, config: Config, version: string): Promise<Bot> {
  const { pipeline, catalogue, log } = app;
  let stopping = false;
  let discord: DiscordSurface | null = null;

  // Before anything can ask for a run: what a dead process left is put right first.
  await app.ownership.recoverDead();
  const expiring = setInterval(() => {
    pipeline
      .expireOverdue()
      .catch((error: unknown) => log.error({ err: error }, 'previews could not be expired'));
  }, EXPIRE_EVERY);

  const metrics = createMetrics(pipeline.events, {
    version,
    describe: (name) => catalogue.find(name),
    intents: () => catalogue.all(),
    history: app.store.history,
    gateway: () => discord?.state() ?? null,
  });
  const port = await startSidePort({
    host: config.http.host,
    port: config.http.port,
    log,
    metrics,
    ready: () => readiness(app, config, discord, stopping),
  });
  log.info({ host: config.http.host, port: port.port }, 'the side port is open');
  discord = await connect(app, config, metrics);

  return {
    stop: async () => {
      stopping = true;
      log.info({}, 'stopping: no new runs');
      await pipeline.shutdown(config.shutdownGraceSeconds * 1000);
      clearInterval(expiring);
      await discord?.stop();
      await port.close();
      metrics.close();
      await app.close();
      log.info({}, 'stopped');
    },
  };
}

async function connect(app: App, { discord }: Config, metrics: Metrics): Promise<DiscordSurface | null> {
  if (discord.token === null) {
    app.log.warn({}, 'DISCORD_TOKEN is not set: Discord stays off, the side port and the command line work');
    return null;
  }
  return startDiscord({
    pipeline: app.pipeline,
    catalogue: app.catalogue,
    runs: app.store.runs,
    redact: app.redactor.data,
    log: app.log,
    now: () => new Date(),
    answers: metrics.answers,
    config: { token: discord.token, guildId: discord.guildId, apiUrl: discord.apiUrl },
  });
}

async function readiness(
  app: App,
  config: Config,
  discord: DiscordSurface | null,
  stopping: boolean,
): Promise<Readiness> {
  const checks = [await storeCheck(app), ...discordCheck(config, discord), stoppingCheck(stopping)];
  const warnings = app.catalogue.problems().map(({ file, line, message }) => `${file}:${line}: ${message}`);
  return { checks, warnings };
}

async function storeCheck({ store }: App): Promise<ReadyCheck> {
  try {
    await store.runs.list({ limit: 1 });
    return { name: 'store', ok: true, detail: 'The database answers.' };
  } catch (error) {
    return { name: 'store', ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

function discordCheck(config: Config, discord: DiscordSurface | null): ReadyCheck[] {
  if (config.discord.token === null) return [];
  const { state, since } = discord?.state() ?? { state: 'connecting', since: new Date().toISOString() };
  return [{ name: 'discord', ok: state === 'ready', detail: `The gateway is ${state} since ${since}.` }];
}

function stoppingCheck(stopping: boolean): ReadyCheck {
  return {
    name: 'shutdown',
    ok: !stopping,
    detail: stopping ? 'The bot is stopping.' : 'The bot takes requests.',
  };
}
