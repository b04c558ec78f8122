#!/usr/bin/env node
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { App } from './app.js';
import {
  type CliDeps,
  CliError,
  configInvalid,
  EXIT,
  listenForInterrupts,
  localOperator,
  runCli,
  unless,
  watchInterrupts,
} from './cli.js';
import { type Config, loadConfig } from './config.js';
import type { Run } from './core/model/run.js';
import { createEnding, endProcess, LAST_MS } from './ending.js';
import { readNow } from './hosts/bounded-read.js';
import { createMountTable } from './hosts/mounts.js';
import { createReads } from './hosts/reads.js';

// From dist/bin/ as from dist/src/: what ships with the project lies beside package.json.
const ROOT = new URL('../../', import.meta.url);
/** What a start that is under way gets when the process is told to end, in ms. */
const START_MS = 2000;

const cwd = process.cwd();
const envFileFault = loadEnvFile();
const { version, engines } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as {
  version: string;
  engines: { node: string };
};
const shippedIntents = fileURLToPath(new URL('intents', ROOT));

/** Why `.env` could not be read: the system's code; null when it was, or is not there. */
function loadEnvFile(): string | null {
  if (!existsSync('.env')) return null;
  try {
    // Node.js says ENOENT of a file that it may not read.
    accessSync('.env', constants.R_OK);
    process.loadEnvFile('.env');
    return null;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

/** A share that doesn't answer would keep the start waiting for ever. */
const mounts = createMountTable();
const reads = createReads(mounts);
const mayTouch = (path: string): boolean => mounts.uncertainNow(path) === null;
const readText = (path: string): string => readNow(path, mayTouch(path));

/** The configuration, or a {@link CliError} that lists everything wrong with it. */
function configured(
  needsDiscord: boolean,
  env = process.env,
): { config: Config; warnings: readonly string[] } {
  if (envFileFault !== null) {
    const problem = `is there and can’t be read (${envFileFault})`;
    const remedy = 'Give the user that runs ChatOps the right to read it, or remove it.';
    throw configInvalid([{ variable: `${cwd}/.env`, problem, remedy }]);
  }
  const loaded = loadConfig(env, { cwd, shippedIntents, needsDiscord, mayTouch, readText });
  if (!loaded.ok) throw configInvalid(loaded.problems);
  return loaded;
}

function onInterrupt(listener: () => void): () => void {
  return listenForInterrupts(process, [process.stdout, process.stderr], listener);
}

const deps: CliDeps = {
  reads,
  version,
  operator: localOperator(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  now: () => new Date(),
  onInterrupt,
  doctor: async () => {
    const { examine } = await import('./checkup.js');
    return examine({
      env: process.env,
      cwd,
      shippedIntents,
      version,
      engines: engines.node,
      envFileFault,
    });
  },
  intentsDir: () => configured(false).config.intentsDir,
  schedulesFile: () => configured(false).config.schedulesFile,
  policyFiles: () => configured(false).config,
  open: async (access) => {
    const { config } = configured(false);
    const readOnly = access !== 'write';
    await refuseSilentData(config.dataDir);
    const missing = readOnly ? await withoutData(config.dataDir) : null;
    if (missing !== null && access === 'read') throw missing;
    // The command line speaks for itself; the log is for the bot.
    const quiet = { ...config, logLevel: process.env.LOG_LEVEL ? config.logLevel : ('error' as const) };
    const { openApp } = await import('./app.js');
    const app = await openApp(quiet, process.env, {
      watch: false,
      readOnly,
      isMissing: missing !== null,
    });
    if (!readOnly) await app.pipeline.expireOverdue();
    return { ...app, runs: app.store.runs, audit: app.store.audit, missing, repair: () => repair(app) };
  },
  start: async () => {
    const { config, warnings } = configured(true);
    return config.discord.token === null ? startInPlayground(config) : serve(config, process.env, warnings);
  },
  playground: async () => startInPlayground(configured(false).config),
};

/** Whatever touches a folder on a share without an answer waits for ever: somebody else looks first. */
async function refuseSilentData(dataDir: string): Promise<void> {
  const { silentMount } = await import('./store/data-missing.js');
  const mount = await silentMount(dataDir, reads);
  if (mount === null) return;
  const message = `The data directory ${dataDir} doesn’t answer: it is on ${mount}.`;
  const remedy = 'Check that mount, then try again. A data directory is best kept on a disk of this machine.';
  throw new CliError(EXIT.failed, 'store_unavailable', message, remedy);
}

/** Reading makes nothing: not even the folder that isn't there. */
async function withoutData(dataDir: string): Promise<CliError | null> {
  const { whyNoData } = await import('./store/data-missing.js');
  const why = whyNoData(dataDir);
  if (why === null) return null;
  const remedy = 'Set CHATOPS_DATA_DIR to the folder of your installation, or run this where it is.';
  return new CliError(EXIT.failed, 'data_missing', why, remedy);
}

/** Ends what dead processes left; resolves with the runs that it tidied up. */
async function repair({ pipeline, ownership }: App): Promise<readonly Run[]> {
  const repaired: Run[] = [];
  const unsubscribe = pipeline.events.subscribe((event) => {
    if (event.type === 'finished') repaired.push(event.run);
  });
  await ownership.recoverDead();
  unsubscribe();
  return repaired;
}

/** Runs the bot until a signal comes; a second one leaves it as it is. */
async function serve(
  config: Config,
  env: NodeJS.ProcessEnv,
  warnings: readonly string[],
  onReady: () => void = () => undefined,
): Promise<number> {
  const { openApp } = await import('./app.js');
  const { startBot } = await import('./bot.js');
  await refuseSilentData(config.dataDir);
  const app = await openApp(config, env, { watch: true });
  for (const warning of warnings) app.log.warn({}, warning);
  process.on('unhandledRejection', (error) => app.log.error({ err: error }, 'a defect: unhandled rejection'));
  const { stop, leave } = watchInterrupts({ onInterrupt });
  const ending = createEnding(app.log);
  stop.addEventListener('abort', () => {
    ending.begin(config.shutdownGraceSeconds * 1000 + LAST_MS, () => void endProcess(EXIT.failed));
  });
  const starting = startBot(app, config, version).catch(async (error: unknown) => {
    await app.close();
    throw startFailure(error);
  });
  // A start may wait for a disk, too.
  if ((await unless(stop, starting)) === null) await ending.part('the start', START_MS, starting);
  const bot = await unless(leave, starting);
  if (bot === null) return EXIT.failed;
  onReady();
  await unless(stop, new Promise<never>(() => {}));
  const stopped = await unless(
    leave,
    bot.stop(ending).then(() => true),
  );
  return stopped ? EXIT.done : EXIT.failed;
}

/** The same bot, against a Discord of our own: only its token and addresses differ. */
async function startInPlayground({ playground: { port, portIsSet, key } }: Config): Promise<number> {
  const { startPlayground } = await import('./playground/playground.js');
  const playground = await startPlayground({
    root: ROOT,
    port,
    orAnother: !portIsSet,
    ...(key ? { key } : {}),
  }).catch((error: unknown) => {
    throw playgroundFailure(error, port);
  });
  const { DISCORD_TOKEN_FILE: _token, DISCORD_WEBHOOK_URL_FILE: _webhook, ...own } = process.env;
  const env = {
    ...own,
    DISCORD_TOKEN: playground.token,
    DISCORD_API_URL: playground.apiUrl,
    DISCORD_GUILD_ID: playground.guildId,
    DISCORD_OPS_CHANNEL_ID: playground.alertsChannelId,
    DISCORD_WEBHOOK_URL: '',
    // People read this terminal to find the address.
    LOG_LEVEL: process.env.LOG_LEVEL || 'warn',
  };
  try {
    const { config, warnings } = configured(true, env);
    return await serve(config, env, warnings, () => process.stdout.write(playgroundNote(playground.url)));
  } finally {
    await playground.close();
  }
}

function playgroundNote(url: string): string {
  return [
    'ChatOps runs in the playground: a Discord of its own, on this machine only.',
    '',
    `  Open  ${url}`,
    '',
    'Ctrl-C ends it. docs/discord.md says how to connect a real Discord server.',
    '',
  ].join('\n');
}

function playgroundFailure(error: unknown, port: number): CliError {
  if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) return startFailure(error);
  const message = `The playground's port ${port} is taken by another program.`;
  const remedy = 'Set CHATOPS_PLAYGROUND_PORT to a free port, or remove it.';
  return new CliError(EXIT.failed, 'start_failed', message, remedy);
}

function startFailure(error: unknown): CliError {
  const message = error instanceof Error ? error.message : String(error);
  const remedy =
    error instanceof Error && 'remedy' in error ? String(error.remedy) : 'Read docs/configuration.md.';
  const doctor = '`chatops doctor` says whether anything else is wrong.';
  return new CliError(EXIT.failed, 'start_failed', message, `${remedy} ${doctor}`);
}

await endProcess(await runCli(process.argv.slice(2), deps));
