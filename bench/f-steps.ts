import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Figure, Part } from './support/figures.js';
import { median, rounded } from './support/stats.js';
import type { TrueSteps } from './support/true-steps.js';

/** The graph that is judged, and one twice as long: memory must not grow faster than the steps do. */
const STEPS = Number(process.env.CHATOPS_BENCH_STEPS ?? 1000);
const ROUNDS = 3;
const AT_ONCE = 4;
const run = promisify(execFile);

interface Round {
  /** A bare `true`, in ms. */
  readonly bareMs: number;
  readonly chain: TrueSteps;
  readonly wide: TrueSteps;
}

/** (f) What a step costs besides its work. */
export const steps: Part = {
  title: `a graph of ${STEPS.toLocaleString('en-US')} steps that each run \`true\``,
  run: async () => {
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({
        bareMs: await bareTrue(STEPS),
        chain: await graphOf(STEPS, 1),
        wide: await graphOf(STEPS, AT_ONCE),
      });
    }
    // What is alive does not differ from round to round.
    const [one, double] = [await graphOf(1, 1), await graphOf(STEPS * 2, 1)];
    return { figures: figuresOf(rounds, one, double), raw: { rounds, one, double } };
  },
};

async function graphOf(count: number, atOnce: number): Promise<TrueSteps> {
  return JSON.parse(await outputOf('true-steps', count, atOnce)) as TrueSteps;
}

/** Milliseconds for each of so many `true`s, one after the other. */
async function bareTrue(count: number): Promise<number> {
  return JSON.parse(await outputOf('bare-trues', count)) as number;
}

async function outputOf(program: string, ...args: readonly number[]): Promise<string> {
  const file = fileURLToPath(new URL(`support/${program}.js`, import.meta.url));
  const { stdout } = await run(process.execPath, ['--expose-gc', file, ...args.map(String)]);
  return stdout;
}

function figuresOf(rounds: readonly Round[], one: TrueSteps, double: TrueSteps): Figure[] {
  const of = (read: (round: Round) => number) => rounded(median(rounds.map(read)));
  const each = of(({ chain }) => chain.ms / STEPS);
  const beyond = of(({ chain, bareMs }) => chain.ms / STEPS - bareMs);
  const grown = (after: TrueSteps, count: number) => (after.liveBytes - one.liveBytes) / count / 1024;
  const single = of(({ chain }) => grown(chain, STEPS));
  const twice = grown(double, STEPS * 2);
  return [
    {
      what: 'a step, one after the other',
      unit: 'ms',
      values: { ours: each, 'bare true': of(({ bareMs }) => bareMs) },
      judged: { what: 'ours − bare', value: beyond, atMost: 20 },
    },
    { what: `a step, ${AT_ONCE} at once`, unit: 'ms', values: { ours: of(({ wide }) => wide.ms / STEPS) } },
    {
      what: 'memory for each step, of twice as many',
      unit: 'KiB',
      values: { ours: rounded(twice), [`of ${STEPS}`]: single },
      judged: { what: 'twice as many ÷ these', value: rounded(twice / single), atMost: 1.2 },
    },
  ];
}
