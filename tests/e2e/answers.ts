import { expect } from '@jest/globals';
import type { Stage } from './stage.js';

type StoredMessage = ReturnType<Stage['discord']['messages']>[number];

const NOBODY = { users: [], roles: [], everyone: false };

/** What `--json` prints when a command is turned down. */
export interface JsonError {
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string };
}

/** What tests need of a run in JSON. */
export interface JsonRun {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly plan: {
    readonly blockers: readonly {
      readonly code: string;
      readonly message: string;
      readonly remedy: string;
    }[];
  };
  readonly outcome: {
    readonly summary: readonly string[];
    readonly next: string | null;
    readonly tail: readonly string[];
  } | null;
}

export interface Blocked {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** What a command says on stderr while planning takes long, which it may on a slow machine. */
const STILL_PLANNING =
  /^Planning r-[2-9a-z]+: (?:.+ hasn’t answered for .+|Asking .+)\. Ctrl-C cancels it\.\n/gm;

/** Asks on the command line for a run that can't be: the same words as text and as JSON, exit code 3. */
export async function expectBlocked(stage: Stage, intent: string, blocked: Blocked): Promise<void> {
  const text = await stage.cli(['run', intent, '--yes']);
  expect(text.code).toBe(3);
  expect(text.stderr.replaceAll(STILL_PLANNING, '')).toBe('');
  expect(text.stdout).toContain(`Can’t run yet.\n  ${blocked.message} ${blocked.remedy}\n`);
  const json = await stage.cli(['run', intent, '--yes', '--json']);
  expect(json.code).toBe(3);
  expect(json.stderr.replaceAll(STILL_PLANNING, '')).toBe('');
  const run = JSON.parse(json.stdout) as JsonRun;
  expect(run).toMatchObject({ state: 'refused', reason: 'blocked' });
  expect(run.plan.blockers).toEqual([blocked]);
  expect(run.outcome?.summary).toEqual([`${blocked.message} ${blocked.remedy}`, 'Nothing was run.']);
}

/** A command that is turned down before it becomes a run: message and remedy on stderr, nothing on stdout. */
export async function expectTurnedDown(
  stage: Stage,
  args: readonly string[],
  answer: Blocked & { readonly exitCode: number },
): Promise<void> {
  const { exitCode, ...error } = answer;
  expect(await stage.cli(args)).toEqual({
    code: exitCode,
    stdout: '',
    stderr: `${error.message}\n${error.remedy}\n`,
  });
  const json = await stage.cli([...args, '--json']);
  expect(json).toMatchObject({ code: exitCode, stderr: '' });
  expect(JSON.parse(json.stdout)).toEqual({ error });
}

/** No message of the bot pings anybody but these, and Discord had nothing to object to. */
export function expectQuiet(stage: Stage, pinged: readonly StoredMessage[] = []): void {
  expect(stage.discord.violations).toEqual([]);
  const allowed = new Set(pinged.map(({ id }) => id));
  for (const message of stage.discord.messages('ops')) {
    if (!allowed.has(message.id)) expect(message.pings).toEqual(NOBODY);
  }
}
