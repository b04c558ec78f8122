import type { Writable } from 'node:stream';
import type { Argv } from '../core/model/plan.js';
import type { ExecOptions, ExecResult, HostScope } from '../core/ports/host.js';
import { FAILED, supervise } from './child.js';
import { type CommandSettings, inOwnFolder, resolveCommand } from './command.js';
import { readOutput } from './output.js';
import { lowerPriority } from './priority.js';
import { startTurn } from './start-turn.js';

/** Runs one command; see {@link Host.exec}. */
export async function exec(
  argv: Argv,
  options: ExecOptions,
  scope: HostScope,
  settings: CommandSettings,
): Promise<ExecResult> {
  // Loaded with the first command: the bot is ready sooner, and lists need no command at all.
  const { execa } = await import('execa');
  await startTurn();
  if (options.until?.aborted || (scope.signal.aborted && !options.uninterruptible)) {
    return { ...FAILED, stopped: true, stdout: '', stderr: '' };
  }
  const named = resolveCommand(argv, options, scope, settings);
  const command = await inOwnFolder(named, settings);
  const child = execa(command.program, command.args, {
    cwd: command.cwd,
    env: command.env,
    extendEnv: false,
    ...stdinOf(options),
    detached: true,
    reject: false,
    buffer: false,
    encoding: 'buffer',
    forceKillAfterDelay: false,
  });
  if (options.holdsStdin) writeAndHold(child.stdin, options.stdin ?? '');
  if (!options.uninterruptible) lowerPriority(child.pid);
  const { log = 'stderr', keep, omit } = options;
  const onLog = (stream: 'stdout' | 'stderr') => (line: string) => scope.onOutput(stream, line);
  const stdout = readOutput(child.stdout, {
    keep,
    omit,
    onLine: options.onStdout,
    onLog: log === 'both' ? onLog('stdout') : undefined,
  });
  const stderr = readOutput(child.stderr, {
    keep,
    omit,
    onLine: options.onStderr,
    onLog: log === 'none' ? undefined : onLog('stderr'),
  });
  const end = await supervise(child, { scope, argv0: named.program, ...settings, ...timing(options) });
  return { ...end, stdout: stdout(), stderr: stderr() };
}

function stdinOf({ stdin, holdsStdin }: ExecOptions) {
  if (holdsStdin) return { stdin: 'pipe' } as const;
  return stdin === undefined ? ({ stdin: 'ignore' } as const) : { input: stdin };
}

/** A child that ends without reading it breaks the pipe; its own end tells. */
function writeAndHold(stdin: Writable | null, text: string | Uint8Array): void {
  stdin?.on('error', () => {});
  stdin?.write(text);
}

function timing({ timeoutMs, idleMs, graceMs, uninterruptible, afterStopMs, until }: ExecOptions) {
  const limits = { timeoutMs, idleMs, uninterruptible, afterStopMs, until };
  return { ...limits, ...(graceMs === undefined ? {} : { graceMs }) };
}
