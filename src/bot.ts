import type { App } from './app.js';
import type { Config } from './config.js';
import { callsPerMinute } from './core/access/limits.js';
import { checkDatabase, watchAudit } from './core/faults/store-watch.js';
import { enrollDestinations } from './core/incidents/incident-enrolment.js';
import { forgetOldIncidents } from './core/incidents/incident-retention.js';
import { plain } from './core/model/phrase.js';
import type { ReasonCode } from './core/model/reasons.js';
import type { Fault } from './core/ports/fault.js';
import { startRetention } from './core/records/pruning.js';
import type { Ending } from './ending.js';
import { openSidePort } from './side-port.js';
import { opsDestination } from './surfaces/discord/alerts/deps.js';
import { webhookDestination } from './surfaces/discord/alerts/webhook-address.js';
import { startWebhookAlerts, type WebhookAlerts } from './surfaces/discord/alerts/webhook-alerts.js';
import { type DiscordSurface, startDiscord } from './surfaces/discord/start.js';
import type { AuthFailure } from './surfaces/http/access/guard.js';
import type { Readiness, ReadyCheck } from './surfaces/http/api/readiness.js';
import { createMetrics, type Metrics } from './surfaces/http/metrics/metrics.js';
import { startScheduler } from './surfaces/scheduler/start.js';

/** How often open previews are looked through for those that nobody answered in time, in ms. */
const EXPIRE_EVERY = 1000;

/** What runs get to tidy up once they are stopped, and every other part of the bot to end, in ms. */
const RUNS_MS = 3000;
const REST_MS = 1200;

const STORE: ReasonCode = 'store_unavailable';

/** The running bot. */
export interface Bot {
  /** No new runs; running ones get the grace period, then are stopped and tidied up; then everything closes. */
  stop(ending: Ending): Promise<void>;
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
    // It can't be written anyway.
    if (app.faults.blocking() !== null) return;
    pipeline
      .expireOverdue()
      .catch((error: unknown) => log.error({ err: error }, 'previews could not be expired'));
  }, EXPIRE_EVERY);

  const destinations = destinationsOf(config);
  const giveUpEnrolling = await enrollDestinations(
    { ...app, now: () => new Date() },
    Object.values(destinations),
  );
  const forgetting = forgetOldIncidents({ ...app, now: () => new Date() }, Object.values(destinations));
  const unwatch = app.watchIncidents();
  // Before Discord: it must work when the bot's token doesn't.
  const webhook = webhookAlerts(app, config);

  const metrics = createMetrics(pipeline.events, {
    version,
    describe: (name) => catalogue.find(name),
    intents: () => catalogue.all(),
    history: app.store.history,
    gateway: () => discord?.state() ?? null,
    alertsPending: () => pendingAlerts(app, destinations),
    schedules: app.scheduleDesk.figures,
    circuits: app.circuits.list,
    faults: app.faults.list,
  });
  const port = await openSidePort(app, config, {
    version,
    metrics,
    ready: () => readiness(app, config, { discord, webhook, stopping }),
    onAuthFailure: (failure) => reportStranger(app, failure),
  });
  log.info({ host: config.http.host, port: port.port }, 'the side port is open');
  try {
    discord = await connect(app, config, metrics);
  } catch (error) {
    await webhook?.end();
    throw error;
  }
  const surface = discord;
  if (surface?.tellFault) app.faults.tellBy(surface.tellFault);
  if (webhook) app.faults.tellBy(webhook.tellFault);
  const endRetention = startRetention({ ...app, now: () => new Date() }, config.keep);
  const endAuditWatch = watchAudit({ ...app, now: () => new Date() });
  const checking = new AbortController();
  const checked = checkDatabase(app, checking.signal);
  const scheduler = startScheduler({ ...app, owner: app.ownership.id, now: () => new Date() });

  return {
    stop: async (ending) => {
      stopping = true;
      log.info({}, 'stopping: no new runs');
      const graceMs = config.shutdownGraceSeconds * 1000;
      // At once: a schedule waits for its run, and the run for this.
      const scheduled = scheduler.stop();
      checking.abort();
      await ending.part('runs', graceMs + RUNS_MS, pipeline.shutdown(graceMs));
      await ending.part('schedules', REST_MS, scheduled);
      clearInterval(expiring);
      giveUpEnrolling();
      forgetting();
      endAuditWatch();
      const retained = endRetention();
      unwatch();
      await Promise.all([
        ending.part('the check of the database', REST_MS, checked),
        ending.part('the removal of old runs', REST_MS, retained),
        ending.part('Discord', REST_MS, Promise.resolve(discord?.stop())),
        ending.part('the alert webhook', REST_MS, Promise.resolve(webhook?.end())),
        ending.part('the side port', REST_MS, port.close()),
      ]);
      metrics.close();
      await ending.part('the store', REST_MS, app.close());
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
    artifacts: app.store.artifacts,
    schedules: app.scheduleDesk,
    circuits: app.circuitDesk,
    faults: app.faults,
    redact: app.redactor.data,
    log: app.log,
    now: () => new Date(),
    answers: metrics.answers,
    callsPerMinute: () => callsPerMinute(app.policy.rules()),
    alerts: { incidents: app.store.incidents, desk: app.incidents },
    config: {
      token: discord.token,
      guildId: discord.guildId,
      opsChannelId: discord.opsChannelId,
      opsRoleId: discord.opsRoleId,
      apiUrl: discord.apiUrl,
      forMembers: app.policy.rules().kind !== 'open',
    },
  });
}

function webhookAlerts({ store, circuits, redactor, log }: App, { discord }: Config): WebhookAlerts | null {
  if (discord.webhookUrl === null) return null;
  const { incidents } = store;
  return startWebhookAlerts({
    url: discord.webhookUrl,
    circuits,
    incidents,
    redact: redactor.data,
    log,
    now: () => new Date(),
  });
}

/** Somebody known who may not is audited and alerted where it is judged. */
function reportStranger({ log, security }: App, { reason, from }: AuthFailure): void {
  log.debug({ reason, from }, 'a call was not let in');
  if (reason !== 'policy' && reason !== 'label_mismatch') security.report({ reason, from });
}

/** Where alerts go, by the name that the metric has for it. */
function destinationsOf({ discord }: Config): Readonly<Record<string, string>> {
  return {
    ...(discord.opsChannelId === null ? {} : { ops: opsDestination(discord.opsChannelId) }),
    ...(discord.webhookUrl === null ? {} : { webhook: webhookDestination(discord.webhookUrl) }),
  };
}

async function pendingAlerts(
  { store }: App,
  destinations: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, number>>> {
  const counts = Object.entries(destinations).map(
    async ([label, name]) => [label, await store.incidents.pending(name)] as const,
  );
  return Object.fromEntries(await Promise.all(counts));
}

interface Parts {
  readonly discord: DiscordSurface | null;
  readonly webhook: WebhookAlerts | null;
  readonly stopping: boolean;
}

async function readiness(
  app: App,
  config: Config,
  { discord, webhook, stopping }: Parts,
): Promise<Readiness> {
  const checks = [
    await storeCheck(app),
    policyCheck(app),
    ...faultChecks(app),
    ...discordCheck(config, discord),
    stoppingCheck(stopping),
  ];
  const problems = [...app.policy.problems(), ...app.catalogue.problems(), ...app.schedules.problems()];
  const unread = unreadFiles(app, config);
  const inFiles = problems.filter(({ file }) => !unread.includes(file));
  const files = inFiles.map(({ file, line, message }) => `${file}:${line}: ${message}`);
  const alerts = [discord?.alertProblem(), webhook?.problem()].filter((text) => typeof text === 'string');
  const faults = app.faults.list().filter(({ blocksRuns }) => !blocksRuns);
  return { checks, warnings: [...faults.map(faultText), ...files, ...alerts] };
}

/** What can't be read at all, and so is told as a fault. */
function unreadFiles({ faults }: App, config: Config): readonly (string | null)[] {
  const paths: Readonly<Record<string, string | null>> = {
    'intents-folder': config.intentsDir,
    'policy-file': config.policyFile,
    'rbac-file': config.rbac.file,
    'schedules-file': config.schedulesFile,
  };
  return faults.list().map(({ key }) => paths[key] ?? null);
}

/** Each fault that keeps runs back; the store's is the store's own check. */
function faultChecks({ faults }: App): ReadyCheck[] {
  const others = faults.list().filter(({ blocksRuns, notice }) => blocksRuns && notice.code !== STORE);
  return others.map((fault) => ({ name: fault.key, ok: false, detail: faultText(fault) }));
}

function faultText({ notice }: Fault): string {
  return `${plain(notice.message)} ${plain(notice.remedy)}`;
}

async function storeCheck({ store, faults }: App): Promise<ReadyCheck> {
  const fault = faults.list().find(({ blocksRuns, notice }) => blocksRuns && notice.code === STORE);
  if (fault) return { name: 'store', ok: false, detail: faultText(fault) };
  try {
    await store.runs.list({ limit: 1 });
    return { name: 'store', ok: true, detail: 'The database answers.' };
  } catch (error) {
    return { name: 'store', ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

/** A broken edit is a warning, because the last good version stays in force. */
function policyCheck({ policy }: App): ReadyCheck {
  const closed = policy.rules().kind === 'closed';
  return {
    name: 'policy',
    ok: !closed,
    detail: closed
      ? 'The policy can’t be read: nobody but the local operator may do anything.'
      : 'The rules of who may do what are in force.',
  };
}

function discordCheck(config: Config, discord: DiscordSurface | null): ReadyCheck[] {
  if (config.discord.token === null) return [];
  const { state, since } = discord?.state() ?? { state: 'connecting', since: new Date().toISOString() };
  const away = discord?.homeProblem() ?? null;
  const gateway = `The gateway is ${state} since ${since}.`;
  return [{ name: 'discord', ok: state === 'ready' && away === null, detail: away ?? gateway }];
}

function stoppingCheck(stopping: boolean): ReadyCheck {
  return {
    name: 'shutdown',
    ok: !stopping,
    detail: stopping ? 'The bot is stopping.' : 'The bot takes requests.',
  };
}
