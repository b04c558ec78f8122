import { CommanderError } from 'commander';
import type { CliDeps } from './cli/deps.js';
import { CliError, EXIT } from './cli/errors.js';
import { createOutput, type Output } from './cli/output.js';
import { createProgram } from './cli/program.js';
import { repairFirst } from './cli/repair.js';
import { clean } from './cli/text.js';
import { StoreError } from './core/ports/store.js';

export type { App, CliDeps } from './cli/deps.js';
export { CliError, configInvalid, EXIT } from './cli/errors.js';
export { unless, watchInterrupts } from './cli/interrupts.js';
export { localOperator } from './cli/operator.js';
export { onInterrupt as listenForInterrupts } from './cli/signals.js';

/**
 * Runs one `chatops` command and resolves with its exit code: 0 done, 1 failed, 2 usage, 3 refused.
 * The caller ends the process with it: after a second Ctrl-C a run may still be at work.
 * @param argv without the program's own name
 */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<number> {
  const out = createOutput(deps, wantsJson(argv));
  // A terminal that goes away while nothing is asked for.
  deps.stdin.on('error', () => {});
  let exitCode: number = EXIT.done;
  const finish = async (work: Promise<number>): Promise<void> => {
    exitCode = await work;
  };
  const program = createProgram({
    deps,
    out,
    finish,
    withApp: async (work, access = 'write') => {
      const app = await deps.open(access);
      let left = false;
      const leave = (): void => {
        left = true;
      };
      const ctx = { app, deps, out, leave };
      try {
        if (access === 'write') await repairFirst(ctx);
        await finish(work(ctx));
      } finally {
        if (!left) await app.close();
      }
    },
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    exitCode = report(error, out);
  }
  const incomplete = await out.flush();
  if (incomplete === null) return exitCode;
  out.aside(`The output is not complete: ${incomplete}.`);
  return exitCode || EXIT.failed;
}

/** Known before the arguments are parsed, so that a usage error can be JSON too. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? argv.length : end).includes('--json');
}

function report(error: unknown, out: Output): number {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
  const { exitCode, code, message, details, remedy } = explain(error);
  if (out.json) out.result({ error: { code, message: [message, ...details].join('\n'), remedy } });
  else for (const line of [message, ...details, remedy]) out.aside(clean(line));
  return exitCode;
}

function explain(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof CommanderError) return usage(error);
  if (error instanceof StoreError) {
    const remedy =
      'Check the space and the rights of the data directory: `chatops doctor` says what is wrong.';
    return new CliError(EXIT.failed, 'store_unavailable', error.message, remedy);
  }
  const message = `ChatOps itself failed: ${error instanceof Error ? error.message : String(error)}`;
  return new CliError(EXIT.failed, 'internal_error', message, 'This is a defect. Report it with the log.');
}

function usage(error: CommanderError): CliError {
  const [message = '', ...details] =
    error.code === 'commander.help'
      ? ['A command is missing.']
      : error.message.replace(/^error: /, '').split('\n');
  return new CliError(EXIT.usage, 'usage', message, 'chatops --help shows how it is used.', details);
}
