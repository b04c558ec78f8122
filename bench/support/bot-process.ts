import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalDiscord } from '../../src/playground/local-discord.js';
import { askProbe, type LoopFigures, PROBE } from './probed.js';
import type { Scope } from './scope.js';
import { SUBJECTS, type SubjectName } from './subjects.js';

/** Milliseconds of CPU time in one tick of /proc/<pid>/stat. */
const TICK_MS = 10;
const READY_TIMEOUT_MS = 60_000;

/** A bot in a process of its own. */
export interface BotProcess {
  /** From the start of the process, in ms. */
  readonly startedAt: number;
  /** Resident memory now, in bytes. */
  rss(): number;
  /** CPU time so far, in ms. */
  cpu(): number;
  /** The side port's address; ours only. */
  url(): string;
  /** Its event loop since the last call; only with `probe`. */
  loop(): Promise<LoopFigures>;
  end(): Promise<void>;
}

export interface BotOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Measure its event loop from within. */
  readonly probe?: boolean;
}

/** The environment of our program in a folder: nothing of the caller's own leaks in. */
export function environmentIn(dir: string, discord: LocalDiscord): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: dir,
    CHATOPS_DATA_DIR: join(dir, 'data'),
    CHATOPS_INTENTS_DIR: join(dir, 'intents'),
    CHATOPS_HTTP_PORT: '0',
    CHATOPS_SHUTDOWN_GRACE_SECONDS: '0',
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    DISCORD_GUILD_ID: discord.guildId,
  };
}

/** Starts a bot in `dir`, and resolves once it is connected and its commands are offered. */
export async function startBot(
  scope: Scope,
  subject: SubjectName,
  dir: string,
  discord: LocalDiscord,
  { env = {}, probe = false }: BotOptions = {},
): Promise<BotProcess> {
  await mkdir(join(dir, 'intents'), { recursive: true });
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...(probe ? ['--import', PROBE] : []), ...SUBJECTS[subject]], {
    cwd: dir,
    env: { ...environmentIn(dir, discord), ...env },
    stdio: ['ignore', 'ignore', 'pipe', ...(probe ? (['ipc'] as const) : [])],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  scope.defer(end);
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-100_000);
  });
  const gone = exited.then(() => {
    throw new Error(`The ${subject} bot ended before it was ready.\n${log}`);
  });
  await Promise.race([ready(discord), gone]);
  gone.catch(() => {});
  return {
    startedAt,
    rss: () => Number(/VmRSS:\s+(\d+)/.exec(procFile(child, 'status'))?.[1]) * 1024,
    cpu: () => cpuOf(procFile(child, 'stat')),
    url: () => `http://127.0.0.1:${/"port":(\d+)/.exec(log)?.[1]}`,
    loop: () => askProbe(child),
    end,
  };
}

async function ready(discord: LocalDiscord): Promise<void> {
  const options = { timeoutMs: READY_TIMEOUT_MS };
  await discord.waitForBot(options);
  const alice = discord.as('alice');
  await discord.waitFor(() => alice.commands().includes('help'), { ...options, what: 'the commands' });
}

function procFile({ pid }: ChildProcess, name: string): string {
  return readFileSync(`/proc/${pid}/${name}`, 'utf8');
}

/** User and system time: fields 14 and 15, counted behind the name, which may hold spaces. */
function cpuOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
