import { join } from 'node:path';
import { type LocalDiscord, startLocalDiscord } from '../src/playground/local-discord.js';
import { type Ask, createAsker } from './support/asker.js';
import { environmentIn, startBot } from './support/bot-process.js';
import { chatops } from './support/command-line.js';
import type { Figure, Part } from './support/figures.js';
import { multiplyRuns } from './support/history.js';
import { inScope, type Scope } from './support/scope.js';
import { writeBackup } from './support/small-backup.js';
import { median, rounded, summaryOf } from './support/stats.js';
import { rotated } from './support/subjects.js';

const SIZES = [1000, 1_000_000] as const;
type Size = (typeof SIZES)[number];
const ROUNDS = 5;
const QUESTIONS = 60;
/** Less than 50 edits a second, which is all that discord.js sends. */
const PAUSE_MS = 25;

interface Subject {
  readonly size: Size;
  readonly dir: string;
  readonly discord: LocalDiscord;
  readonly ask: Ask;
}

/** What one round with one size of the history gave, in ms. */
interface Round {
  readonly size: Size;
  readonly startMs: number;
  readonly cliMs: number;
  readonly runsMs: readonly number[];
}

/** (e) What a long history costs. */
export const history: Part = {
  title: '/runs, the command line and the start, with 1,000 and 1,000,000 runs in history',
  run: () =>
    inScope(async (scope) => {
      const subjects: Subject[] = [];
      for (const size of SIZES) subjects.push(await setUp(scope, size));
      const rounds: Round[] = [];
      for (let round = 0; round < ROUNDS; round += 1)
        for (const subject of rotated(subjects, round)) rounds.push(await once(scope, subject));
      return {
        figures: figuresOf(rounds),
        raw: rounds.map((round) => ({ ...round, runsMs: summaryOf(round.runsMs) })),
      };
    }),
};

async function setUp(scope: Scope, size: Size): Promise<Subject> {
  const discord = await startLocalDiscord();
  scope.defer(() => discord.close());
  const dir = join(scope.dir, String(size));
  await writeBackup(dir, 'small', { files: 20, bytes: 4096 });
  // A real run is the template for all others.
  await chatops(['run', 'small', '--yes'], dir, environmentIn(dir, discord));
  await multiplyRuns(join(dir, 'data'), size);
  return { size, dir, discord, ask: createAsker(discord) };
}

async function once(scope: Scope, { size, dir, discord, ask }: Subject): Promise<Round> {
  const cliMs = rounded(await chatops(['runs'], dir, environmentIn(dir, discord)));
  const bot = await startBot(scope, 'ours', dir, discord);
  await ask('help').first;
  const startMs = rounded(performance.now() - bot.startedAt);
  const runsMs: number[] = [];
  for (let asked = 0; asked < QUESTIONS; asked += 1) {
    runsMs.push(await ask('runs').full);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  await bot.end();
  return { size, startMs, cliMs, runsMs };
}

function figuresOf(rounds: readonly Round[]): Figure[] {
  const [small, large] = SIZES;
  const of = (size: Size, read: (round: Round) => number) =>
    median(rounds.filter((round) => round.size === size).map(read));
  const figure = (what: string, read: (round: Round) => number): Figure => ({
    what,
    unit: 'ms',
    values: { ours: of(large, read), '1,000 runs': of(small, read) },
  });
  const grown = ({ values }: Figure) => (values.ours ?? 0) - (values['1,000 runs'] ?? 0);
  const answer = figure('/runs, whole answer, p50', ({ runsMs }) => median(runsMs));
  const slowest = figure('/runs, whole answer, p99', ({ runsMs }) => summaryOf(runsMs).p99);
  const cli = figure('chatops runs', ({ cliMs }) => cliMs);
  const start = figure('start to first answer', ({ startMs }) => startMs);
  return [
    { ...answer, judged: { what: 'ours', value: answer.values.ours ?? Number.NaN, atMost: 50 } },
    { ...slowest, judged: { what: 'ours', value: slowest.values.ours ?? Number.NaN, atMost: 50 } },
    { ...cli, judged: { what: 'more than with 1,000', value: grown(cli), atMost: 100 } },
    { ...start, judged: { what: 'more than with 1,000', value: grown(start), atMost: 100 } },
  ];
}
