import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Events, GatewayIntentBits, Options } from 'discord.js';
import type { DirectAlert } from '../../core/ports/fault.js';
import { createAcknowledger } from './acknowledge.js';
import type { OpsAlerts } from './alerts/ops-alerts.js';
import { startAlerts } from './alerts/start-alerts.js';
import { faultTeller } from './alerts/tell-fault.js';
import { channelMessages } from './channel-messages.js';
import { channelTurns } from './channel-turns.js';
import { createClosing } from './closing.js';
import type { DiscordDeps } from './deps.js';
import { watchFirstAnswers } from './first-answers.js';
import { type GatewayState, gatewayState } from './gateway-state.js';
import { watchHome } from './home.js';
import { liveRuns } from './live-runs.js';
import { logIn } from './log-in.js';
import { interactionHandler } from './on-interaction.js';
import { createOutcomes, isToldHere } from './outcomes.js';
import { createDrafts } from './params/drafts.js';
import type { PressDeps } from './press.js';
import { pressOnce } from './press-once.js';
import { registerCommands } from './register.js';
import { waitingPreviews } from './waiting-previews.js';

const SWEEP_MS = 15_000;
/** What is not delivered by then is delivered after the next start. */
const LAST_DELIVERIES_MS = 5000;

/** The running Discord surface. */
export interface DiscordSurface {
  state(): GatewayState;
  /** Why it serves nobody although it is connected, with the way out; null: it is in its server. */
  homeProblem(): string | null;
  /** Why alerts don't reach the ops channel, with the way out; null when they do, or there is none. */
  alertProblem(): string | null;
  /** Tells the ops channel of a fault that the store can’t take. Rejects while it can’t; null without such a channel. */
  readonly tellFault: DirectAlert | null;
  /** Ends the connection once deliveries under way have ended, or after 5 s. Runs go on by themselves. */
  stop(): Promise<void>;
}

/**
 * Logs in, registers the commands, answers interactions and shows runs. Rejects when Discord refuses the
 * token or the intents; when Discord can't be reached it goes on trying, and `state()` says so.
 */
export async function startDiscord(deps: DiscordDeps): Promise<DiscordSurface> {
  const { config, log, pipeline } = deps;
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    allowedMentions: { parse: [] },
    // What is sent has Discord's own names already.
    jsonTransformer: (data) => data,
    // No message is looked at again: what a button needs of its message comes with the press.
    makeCache: Options.cacheWithLimits({ MessageManager: 0 }),
    rest: { api: config.apiUrl },
  });
  const state = gatewayState(client, deps.now);
  const answered = deps.answers && watchFirstAnswers(client, deps.answers);
  const acknowledger = createAcknowledger(config.apiUrl, answered);
  const homeProblem = watchHome(client, config.guildId, log);
  const messages = channelMessages(client.rest, channelTurns(config.channelLimit));
  const closing = createClosing(messages, log);
  const live = liveRuns({ ...deps, messages });
  const outcomes = createOutcomes({ ...deps, messages, closing, live });
  const waiting = waitingPreviews({ ...deps, messages, outcomes });
  let alerts: OpsAlerts | null = null;
  const all: PressDeps = {
    ...deps,
    messages,
    live,
    outcomes,
    drafts: createDrafts(deps.now),
    presses: pressOnce(),
    alertsChanged: () => alerts?.request(),
  };

  client.on(Events.Error, (error) => log.error({ err: error }, 'the Discord client reported an error'));
  client.on(Events.ShardError, (error) => log.warn({ err: error }, 'the connection to Discord had an error'));
  client.on(Events.InteractionCreate, interactionHandler(all, acknowledger.heard));
  client.on(Events.ClientReady, (ready) => {
    log.info({ bot: ready.user.username, guilds: ready.guilds.cache.size }, 'Discord is ready');
    if (config.guildId === null && ready.guilds.cache.size > 1) {
      log.error(
        {},
        'the bot is in several servers: until DISCORD_GUILD_ID names one, nobody may run anything',
      );
    }
    void register(ready, deps);
    void outcomes.sweep();
    void waiting.sweep();
    alerts ??= startAlerts(ready, deps, messages);
  });
  client.on(Events.GuildCreate, (guild) => {
    if (guild.id === config.guildId && client.isReady()) void register(client, deps);
  });
  const unsubscribe = pipeline.events.subscribe((event) => {
    live.onEvent(event);
    waiting.onEvent(event);
    if (event.type === 'finished' || event.type === 'denied') alerts?.request();
    if (event.type === 'finished' && isToldHere(event.run)) void outcomes.deliver(event.run);
  });
  const sweeping = setInterval(() => {
    if (!client.isReady()) return;
    void outcomes.sweep();
    void waiting.sweep();
  }, config.sweepMs ?? SWEEP_MS);
  const login = await logIn(client, config.token, log);

  return {
    state,
    homeProblem,
    alertProblem: () => alerts?.problem() ?? null,
    tellFault:
      config.opsChannelId == null
        ? null
        : faultTeller(messages, config.opsChannelId, config.opsRoleId ?? null),
    stop: async () => {
      login.giveUp();
      unsubscribe();
      clearInterval(sweeping);
      closing.giveUp();
      const last = Promise.all([outcomes.idle(), live.endAll(), alerts?.end()]);
      await Promise.race([last, sleep(LAST_DELIVERIES_MS, undefined, { ref: false })]);
      await Promise.all([client.destroy(), acknowledger.close()]);
    },
  };
}

async function register(client: Client<true>, { config, log }: DiscordDeps): Promise<void> {
  try {
    const written = await registerCommands(
      client.rest,
      client.application.id,
      config.guildId,
      config.forMembers,
    );
    log.info({ guildId: config.guildId, written }, 'the slash commands are registered');
  } catch (error) {
    log.error(
      { err: error, guildId: config.guildId },
      'the slash commands could not be registered: is the bot in this server, invited with applications.commands?',
    );
  }
}
