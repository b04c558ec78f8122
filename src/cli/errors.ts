import { plain } from '../core/model/phrase.js';
import type { Notice, ReasonCode } from '../core/model/reasons.js';

/** What a command's exit code says. */
export const EXIT = { done: 0, failed: 1, usage: 2, refused: 3 } as const;

/** Ends a command with a message, a way out, and an exit code. Bugs are other errors. */
export class CliError extends Error {
  constructor(
    readonly exitCode: number,
    /** A reason code, `usage`, `config_invalid` or `confirmation_needed`. */
    readonly code: string,
    message: string,
    readonly remedy: string,
    /** More lines, printed between message and remedy. */
    readonly details: readonly string[] = [],
  ) {
    super(message);
    this.name = 'CliError';
  }
}

/** Names that do not exist are mistakes in the command; everything else was turned down on purpose. */
const USAGE: readonly ReasonCode[] = [
  'intent_unknown',
  'run_unknown',
  'schedule_unknown',
  'params_invalid',
  'stack_unknown',
  'lock_invalid',
];

/** A refusal as the command line ends with it. */
export function refusal(notice: Notice): CliError {
  const exitCode = USAGE.includes(notice.code) ? EXIT.usage : EXIT.refused;
  return new CliError(exitCode, notice.code, plain(notice.message), plain(notice.remedy));
}

/** Every problem of the configuration in one error; `problem` continues the variable's name. */
export function configInvalid(
  problems: readonly { variable: string; problem: string; remedy: string }[],
): CliError {
  const lines = problems.flatMap(({ variable, problem, remedy }) => [
    `  ${variable} ${problem}`,
    `    ${remedy}`,
  ]);
  return new CliError(
    EXIT.usage,
    'config_invalid',
    `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:`,
    'docs/configuration.md explains every variable; `chatops doctor` looks at everything else too.',
    lines,
  );
}
