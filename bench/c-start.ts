import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalDiscord, startLocalDiscord } from '../src/playground/local-discord.js';
import { type Ask, createAsker } from './support/asker.js';
import { startBot } from './support/bot-process.js';
import type { Figure, Part } from './support/figures.js';
import { inScope, type Scope } from './support/scope.js';
import { median, rounded } from './support/stats.js';
import { rotated, type SubjectName } from './support/subjects.js';

const NAMES = ['bare', 'ours', 'sapphire'] as const satisfies readonly SubjectName[];
const ROUNDS = 5;
const REST_MS = 5000;
const MIB = 1024 * 1024;

interface Subject {
  readonly name: SubjectName;
  readonly dir: string;
  readonly discord: LocalDiscord;
  readonly ask: Ask;
}

interface Start {
  readonly subject: SubjectName;
  /** From the start of the process to its first answer, in ms of the clock and of the CPU. */
  readonly readyMs: number;
  readonly readyCpuMs: number;
  /** Resident after some seconds without work. */
  readonly restMiB: number;
}

/** (c) From the start of the process to its first answer, and its memory at rest. */
export const start: Part = {
  title: 'From start to ready, and memory at rest',
  run: () =>
    inScope(async (scope) => {
      const subjects: Subject[] = [];
      for (const name of NAMES) subjects.push(await setUp(scope, name));
      // The first start of each registers its commands, makes its database, and fills the page cache.
      for (const subject of subjects) await once(scope, subject);
      const starts: Start[] = [];
      for (let round = 0; round < ROUNDS; round += 1)
        for (const subject of rotated(subjects, round)) starts.push(await once(scope, subject));
      return { figures: figuresOf(starts), raw: starts };
    }),
};

async function setUp(scope: Scope, name: SubjectName): Promise<Subject> {
  const discord = await startLocalDiscord();
  scope.defer(() => discord.close());
  return { name, discord, dir: join(scope.dir, name), ask: createAsker(discord) };
}

async function once(scope: Scope, { name, dir, discord, ask }: Subject): Promise<Start> {
  const bot = await startBot(scope, name, dir, discord);
  await ask('help').first;
  const readyMs = rounded(performance.now() - bot.startedAt);
  const readyCpuMs = rounded(bot.cpu());
  await sleep(REST_MS);
  const restMiB = rounded(bot.rss() / MIB);
  await bot.end();
  return { subject: name, readyMs, readyCpuMs, restMiB };
}

function figuresOf(starts: readonly Start[]): Figure[] {
  const figure = (what: string, unit: string, read: (start: Start) => number): Figure => {
    const of = (name: SubjectName) => median(starts.filter(({ subject }) => subject === name).map(read));
    const values = { ours: of('ours'), bare: of('bare'), sapphire: of('sapphire') };
    return {
      what,
      unit,
      values,
      judged: { what: 'ours ÷ bare', value: values.ours / values.bare, atMost: 1.4 },
    };
  };
  return [
    figure('start to first answer', 'ms', ({ readyMs }) => readyMs),
    { ...figure('CPU until then', 'ms', ({ readyCpuMs }) => readyCpuMs), judged: undefined },
    figure(`resident after ${REST_MS / 1000} s at rest`, 'MiB', ({ restMiB }) => restMiB),
  ];
}
