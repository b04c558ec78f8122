import type { Arg, Argv } from '../core/model/plan.js';
import type { ExecOptions, HostScope } from '../core/ports/host.js';
import { commandEnvironment } from './environment.js';
import type { Files } from './files.js';

/** What all commands of a host share. */
export interface CommandSettings {
  /** The bot's own environment; commands get a small part of it. */
  readonly environment: NodeJS.ProcessEnv;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  /** Says what may not answer; without it everything is taken to. */
  readonly files?: Files;
}

/** A command with its secrets revealed, ready to be started. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Record<string, string>;
}

/** Resolves an argv's secrets. Throws when the argv is empty or a secret is not set. */
export function resolveCommand(
  argv: Argv,
  options: Pick<ExecOptions, 'cwd' | 'env'>,
  scope: HostScope,
  settings: CommandSettings,
): Command {
  const reveal = (arg: Arg): string => (typeof arg === 'string' ? arg : scope.resolveSecret(arg.secret));
  const [program, ...args] = argv.map(reveal);
  if (program === undefined) throw new Error('A command needs at least its program.');
  return {
    program,
    args,
    // Relative paths mean nothing here; a deleted working directory must not matter either.
    cwd: options.cwd ?? '/',
    env: commandEnvironment(settings.environment, scope.runId, options.env ?? {}, reveal),
  };
}

/** Programs are started in a folder and write to a file once they are there: the words are $0, and what follows it. */
const IN_FOLDER = 'cd -- "$0" && exec "$@"';
const INTO_FILE = 'exec "$@" >"$0"';

/** The command, begun in its folder by the child itself where that may not answer: this process would wait with it. */
export async function inOwnFolder(command: Command, { files }: CommandSettings): Promise<Command> {
  const { cwd } = command;
  if (cwd === '/' || !files || (await files.uncertain(cwd)) === null) return command;
  return { ...throughShell(command, IN_FOLDER, cwd), cwd: '/' };
}

/** The command, which itself opens the file that takes its output. */
export function intoFile(command: Command, file: string): Command {
  return throughShell(command, INTO_FILE, file);
}

/** The shell gets every word as it is, and reads none of them. */
function throughShell(command: Command, script: string, word: string): Command {
  return { ...command, program: '/bin/sh', args: ['-c', script, word, command.program, ...command.args] };
}
