import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LocalDiscord, startLocalDiscord } from '../src/playground/local-discord.js';
import { type Ask, createAsker } from './support/asker.js';
import { type BotProcess, startBot } from './support/bot-process.js';
import type { Figure, Part } from './support/figures.js';
import { NO_LIMITS } from './support/limits.js';
import { burst, inTurn, sustained } from './support/load.js';
import { inScope, type Scope } from './support/scope.js';
import { writeBackup } from './support/small-backup.js';
import { median, rounded, type Summary, summaryOf } from './support/stats.js';
import { rotated, type SubjectName } from './support/subjects.js';

const NAMES = ['bare', 'ours', 'sapphire'] as const satisfies readonly SubjectName[];
const WARM_UP_MS = 3000;
const ROUNDS = 5;
const BURSTS = 3;
const AT_ONCE = 200;
const IN_FLIGHT = 32;
const SUSTAINED_MS = 2000;

/**
 * An answer that is ready at once, a private "thinking", and a public one that leads to a preview. Besides first
 * answers discord.js sends at most 50 requests a second, so the edits of the last two get a pause to keep up.
 */
const SHAPES = [
  { command: 'help', options: {}, thinks: false, samples: 3000, pauseMs: 0 },
  { command: 'runs', options: {}, thinks: true, samples: 1500, pauseMs: 7 },
  { command: 'backup', options: { intent: 'small' }, thinks: true, samples: 1500, pauseMs: 7 },
] as const;

/** Nobody asks 400 times in a minute, so by default that is refused, and a refusal is not what is measured. */
const POLICY = `
roles:
  Everybody:
    discord_roles: "@everyone"
    rights: "*"
limits:
  per_person: 9999 per 1m
  per_intent: 9999 per 1m
`;

interface Subject {
  readonly name: SubjectName;
  readonly discord: LocalDiscord;
  readonly bot: BotProcess;
  readonly ask: Ask;
}

/** How long one subject took to the first answers to one command. */
interface Latency {
  readonly subject: SubjectName;
  readonly command: string;
  readonly ms: Summary;
}

/** How much one subject answered in one round. */
interface Round {
  readonly subject: SubjectName;
  readonly answersPerSecond: number;
  /** Shares of a core while it answered all the time: who was the bottleneck? */
  readonly busy: { readonly bot: number; readonly discord: number };
}

interface Burst {
  readonly subject: SubjectName;
  readonly command: string;
  readonly lastFirstAnswerMs: number;
}

/** (a) From INTERACTION_CREATE to the first answer. */
export const firstAnswer: Part = {
  title: 'From a command to its first answer',
  run: () =>
    inScope(async (scope) => {
      const subjects: Subject[] = [];
      for (const name of NAMES) subjects.push(await start(scope, name));
      for (const { ask } of subjects) await sustained(() => ask('help'), IN_FLIGHT, WARM_UP_MS);

      const latencies: Latency[] = [];
      for (const { command, options, thinks, samples, pauseMs } of SHAPES) {
        const asks = subjects.map(
          ({ ask }) =>
            () =>
              ask(command, options, thinks),
        );
        const took = await inTurn(asks, samples, pauseMs);
        for (const [index, { name }] of subjects.entries())
          latencies.push({ subject: name, command, ms: summaryOf(took[index] ?? []) });
      }

      const rounds: Round[] = [];
      for (let round = 0; round < ROUNDS; round += 1)
        for (const subject of rotated(subjects, round)) rounds.push(await oneRound(subject));

      const bursts: Burst[] = [];
      for (let round = 0; round < BURSTS; round += 1) {
        for (const { name, ask } of rotated(subjects, round)) {
          for (const { command, options, thinks } of SHAPES) {
            const ms = await burst(() => ask(command, options, thinks), AT_ONCE);
            bursts.push({ subject: name, command, lastFirstAnswerMs: rounded(ms) });
          }
        }
      }
      return { figures: figuresOf(latencies, rounds, bursts), raw: { latencies, rounds, bursts } };
    }),
};

async function start(scope: Scope, name: SubjectName): Promise<Subject> {
  const discord = await startLocalDiscord({ rateLimits: NO_LIMITS });
  scope.defer(() => discord.close());
  const dir = join(scope.dir, name);
  await writeBackup(dir, 'small', { files: 20, bytes: 4096 });
  const policy = join(dir, 'policy.yaml');
  await writeFile(policy, POLICY);
  const bot = await startBot(scope, name, dir, discord, { env: { CHATOPS_POLICY_FILE: policy } });
  return { name, discord, bot, ask: createAsker(discord) };
}

async function oneRound({ name, bot, ask }: Subject): Promise<Round> {
  const began = { at: performance.now(), cpu: bot.cpu(), loop: performance.eventLoopUtilization() };
  const answers = await sustained(() => ask('help'), IN_FLIGHT, SUSTAINED_MS);
  const tookMs = performance.now() - began.at;
  const { utilization } = performance.eventLoopUtilization(began.loop);
  return {
    subject: name,
    answersPerSecond: rounded((answers / tookMs) * 1000),
    busy: { bot: rounded((bot.cpu() - began.cpu) / tookMs), discord: rounded(utilization) },
  };
}

function figuresOf(
  latencies: readonly Latency[],
  rounds: readonly Round[],
  bursts: readonly Burst[],
): Figure[] {
  const each = (of: (name: SubjectName) => number): Record<SubjectName, number> => ({
    ours: of('ours'),
    bare: of('bare'),
    sapphire: of('sapphire'),
  });
  const bySubject = (read: (round: Round) => number): Record<SubjectName, number> =>
    each((name) => median(rounds.filter(({ subject }) => subject === name).map(read)));
  const firsts = SHAPES.flatMap(({ command }): Figure[] => {
    const of = (name: SubjectName) =>
      latencies.find((one) => one.subject === name && one.command === command)?.ms;
    const p50 = each((name) => of(name)?.p50 ?? Number.NaN);
    const p99 = each((name) => of(name)?.p99 ?? Number.NaN);
    const what = `/${command}, first answer`;
    return [
      { what: `${what}, p50`, unit: 'ms', values: p50 },
      {
        what: `${what}, p99`,
        unit: 'ms',
        values: p99,
        judged: { what: 'ours ÷ bare', value: p99.ours / p99.bare, atMost: 1.5 },
      },
      {
        what: `${what}, p99 against Sapphire`,
        unit: 'ms',
        values: { ours: p99.ours, sapphire: p99.sapphire },
        judged: { what: 'ours ÷ sapphire', value: p99.ours / p99.sapphire, atMost: 1 },
      },
    ];
  });
  const rate = bySubject(({ answersPerSecond }) => answersPerSecond);
  const perCpu = bySubject(({ answersPerSecond, busy }) => answersPerSecond / busy.bot);
  const slowest = SHAPES.map(({ command }): Figure => {
    const values = each((name) =>
      Math.max(
        ...bursts
          .filter((burst) => burst.subject === name && burst.command === command)
          .map(({ lastFirstAnswerMs }) => lastFirstAnswerMs),
      ),
    );
    return {
      what: `${AT_ONCE} × /${command} at once, last first answer`,
      unit: 'ms',
      values,
      judged: { what: 'ours', value: values.ours, atMost: 3000 },
    };
  });
  return [
    ...firsts,
    {
      what: `/help, answers a second, ${IN_FLIGHT} open`,
      unit: '/s',
      values: rate,
      judged: { what: 'ours ÷ bare', value: rate.ours / rate.bare, atLeast: 0.7 },
    },
    {
      what: '/help, answers for each second of the bot’s CPU',
      unit: '/s',
      values: perCpu,
      judged: { what: 'ours ÷ bare', value: perCpu.ours / perCpu.bare, atLeast: 0.7 },
    },
    { what: 'local Discord busy meanwhile', unit: 'cores', values: bySubject(({ busy }) => busy.discord) },
    { what: 'bot’s CPU meanwhile', unit: 'cores', values: bySubject(({ busy }) => busy.bot) },
    ...slowest,
  ];
}
