import type { ExecOptions, HostScope } from '../core/host.js';
import type { Arg, Argv } from '../core/plan.js';
import { commandEnvironment } from './environment.js';

/** What all commands of a host share. */
export interface CommandSettings {
  /** The bot's own environment; commands get a small part of it. */
  readonly environment: NodeJS.ProcessEnv;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly graceMs: number;
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
