import { parseArgs } from 'node:util';

export interface ProveArguments {
  /** Null: list them. */
  readonly name: string | null;
  readonly seeds: readonly number[];
  readonly minutes: number;
  readonly only: string | null;
}

const MOST_MINUTES = 60;

/**
 * Reads `[NAME] [--seeds N | --seed S] [--minutes M] [--only PART]`.
 * @throws Error whose message tells people what is wrong
 */
export function readArguments(args: readonly string[]): ProveArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      minutes: { type: 'string' },
      only: { type: 'string' },
    },
  });
  if (positionals.length > 1) throw new Error('Name one proof.');
  const minutes = whole('minutes', values.minutes ?? '10');
  if (minutes > MOST_MINUTES) throw new Error(`A proof takes at most ${MOST_MINUTES} minutes.`);
  const count = whole('seeds', values.seeds ?? '10');
  const seeds =
    values.seed === undefined
      ? Array.from({ length: count }, (_, index) => index + 1)
      : [whole('seed', values.seed)];
  return { name: positionals[0] ?? null, seeds, minutes, only: values.only ?? null };
}

function whole(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} is a whole number from 1 on, not "${text}".`);
  return Number(text);
}
