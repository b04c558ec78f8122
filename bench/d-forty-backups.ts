import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalDiscord, startLocalDiscord } from '../src/playground/local-discord.js';
import { type Ask, createAsker } from './support/asker.js';
import { type BotProcess, startBot } from './support/bot-process.js';
import type { Figure, Part } from './support/figures.js';
import { startHealthProbe } from './support/health-probe.js';
import { NO_LIMITS } from './support/limits.js';
import { type PlainServer, startPlainServer } from './support/plain-server.js';
import type { LoopFigures } from './support/probed.js';
import { inScope, type Scope } from './support/scope.js';
import { writeBackup } from './support/small-backup.js';
import { median, rounded, type Summary, summaryOf } from './support/stats.js';
import { confirmAll } from './support/wave.js';

const AT_ONCE = 40;
const WAVES = 4;
/** Each backup reads 10 MiB in 40 files. */
const SOURCE = { files: 40, bytes: 256 * 1024 };
const HELP_EVERY_MS = 100;
const REST_MS = 5000;
const WAVE_TIMEOUT_MS = 240_000;
const MIB = 1024 * 1024;

/** The bot under load, and a process beside it that does nothing: what the machine itself does to both. */
interface Stage {
  readonly scope: Scope;
  readonly discord: LocalDiscord;
  readonly ask: Ask;
  readonly bot: BotProcess;
  readonly idle: PlainServer;
}

/** What one wave of backups did. */
interface Wave {
  readonly seconds: number;
  readonly loop: { readonly bot: LoopFigures; readonly idle: LoopFigures };
  readonly healthMs: { readonly bot: Summary; readonly idle: Summary };
  /** First answers: to the commands of the wave, and to `/help` while it was worked on. */
  readonly backupMs: Summary;
  readonly helpMs: Summary;
  /** Resident at rest afterwards. */
  readonly restMiB: number;
}

/** (d) Forty backups are asked for and confirmed at once. */
export const fortyBackups: Part = {
  title: `${AT_ONCE} backups at once: event loop, /healthz, memory`,
  run: () =>
    inScope(async (scope) => {
      const discord = await startLocalDiscord({ rateLimits: NO_LIMITS });
      scope.defer(() => discord.close());
      for (const name of names()) await writeBackup(scope.dir, name, SOURCE);
      const bot = await startBot(scope, 'ours', scope.dir, discord, { probe: true });
      const stage = { scope, discord, ask: createAsker(discord), bot, idle: await startPlainServer(scope) };
      const waves: Wave[] = [];
      for (let wave = 0; wave < WAVES; wave += 1) waves.push(await oneWave(stage));
      return { figures: figuresOf(waves), raw: waves };
    }),
};

function names(): string[] {
  return Array.from({ length: AT_ONCE }, (_, index) => `backup-${index}`);
}

async function oneWave({ scope, discord, ask, bot, idle }: Stage): Promise<Wave> {
  await Promise.all([bot.loop(), idle.loop()]);
  const health = startHealthProbe([`${bot.url()}/healthz`, idle.url]);
  scope.defer(() => health.end());
  const began = performance.now();
  const done = confirmAll(discord, AT_ONCE, WAVE_TIMEOUT_MS);
  const backups = names().map((intent) => ask('backup', { intent }).first);
  const helpMs = await askUntil(done, ask);
  const seconds = rounded((performance.now() - began) / 1000);
  const [botMs = [], idleMs = []] = await health.end();
  const loop = { bot: await bot.loop(), idle: await idle.loop() };
  const backupMs = summaryOf(await Promise.all(backups));
  await sleep(REST_MS);
  return {
    seconds,
    loop,
    healthMs: { bot: summaryOf(botMs), idle: summaryOf(idleMs) },
    backupMs,
    helpMs: summaryOf(helpMs),
    restMiB: rounded(bot.rss() / MIB),
  };
}

/** Asks for help now and then until the wave is over. */
async function askUntil(done: Promise<void>, ask: Ask): Promise<number[]> {
  let over = false;
  const ended = done.finally(() => {
    over = true;
  });
  const samples: number[] = [];
  while (!over) {
    samples.push(await ask('help').first);
    await Promise.race([sleep(HELP_EVERY_MS), ended]);
  }
  await ended;
  return samples;
}

function figuresOf(waves: readonly Wave[]): Figure[] {
  const of = (read: (wave: Wave) => number) => median(waves.map(read));
  const loop = of((wave) => wave.loop.bot.p99);
  const health = of(({ healthMs }) => healthMs.bot.p99);
  // The first wave fills caches and has the code compiled; a leak would grow with each one after it.
  const second = waves[1]?.restMiB ?? Number.NaN;
  const last = waves.at(-1)?.restMiB ?? Number.NaN;
  return [
    {
      what: 'event loop delay, p99',
      unit: 'ms',
      values: { ours: loop, 'idle process': of((wave) => wave.loop.idle.p99) },
      judged: { what: 'ours', value: loop, atMost: 20 },
    },
    {
      what: '/healthz, p99',
      unit: 'ms',
      values: { ours: health, 'idle process': of(({ healthMs }) => healthMs.idle.p99) },
      judged: { what: 'ours', value: health, atMost: 20 },
    },
    {
      what: '/help meanwhile, first answer, p99',
      unit: 'ms',
      values: { ours: of(({ helpMs }) => helpMs.p99) },
    },
    {
      what: 'the 40 commands, last first answer',
      unit: 'ms',
      values: { ours: of(({ backupMs }) => backupMs.max) },
    },
    { what: 'until the last outcome', unit: 's', values: { ours: of(({ seconds }) => seconds) } },
    {
      what: `resident at rest after ${WAVES} waves`,
      unit: 'MiB',
      values: { ours: last, 'after the second': second },
      judged: { what: 'last ÷ second', value: last / second, atMost: 1.15 },
    },
  ];
}
