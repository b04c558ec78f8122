import { type ChildProcess, spawn } from 'node:child_process';
import { HostError } from '../core/ports/host.js';
import { builtProgram } from './built-program.js';
import type { FileAnswer, FileArgument, FileOperation } from './file-protocol.js';
import { lineSplitter } from './lines.js';

/** One process that looks after files; see file-helper.ts. It keeps neither this process's loop nor its end waiting. */
export interface HelperProcess {
  /** Rejects with a {@link HostError}; never settles once the process was killed. */
  ask(operation: FileOperation, args: readonly FileArgument[]): Promise<unknown>;
  /** Ends it, as soon as the kernel lets it go. */
  kill(): void;
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: HostError) => void;
}

/** What people write to a file at most is small; a folder's list may be long. */
const LONGEST_ANSWER = 64 * 1024 * 1024;

/** Starts one. */
export function startHelper(): HelperProcess {
  const child = spawn(process.execPath, [builtProgram('file-helper')], {
    stdio: ['pipe', 'pipe', 'ignore'],
    // A Ctrl-C in the terminal is for the bot.
    detached: true,
    cwd: '/',
    env: {},
  });
  letGo(child);
  const pending = new Map<number, Pending>();
  let lastId = 0;
  const failAll = (message: string): void => {
    for (const { reject } of pending.values()) reject(new HostError('EIO', '', message));
    pending.clear();
  };
  const gone = new Promise<void>((resolve) => {
    const end = (): void => {
      failAll('The helper that looks after files has ended.');
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  // It may be gone before it has read.
  child.stdin.on('error', () => {});
  const lines = lineSplitter((line) => {
    const answer = JSON.parse(line) as FileAnswer;
    const asked = pending.get(answer.id);
    pending.delete(answer.id);
    if ('fault' in answer) asked?.reject(hostError(answer.fault));
    else asked?.resolve(answer.value);
  }, LONGEST_ANSWER);
  child.stdout.on('data', lines.write);
  return {
    gone,
    ask: (operation, args) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        pending.set(lastId, { resolve, reject });
        child.stdin.write(`${JSON.stringify({ id: lastId, operation, args })}\n`);
      }),
    kill: () => {
      pending.clear();
      child.kill('SIGKILL');
      child.stdin.destroy();
      child.stdout.destroy();
    },
  };
}

function hostError({ code, path, message }: { code: string; path: string; message: string }): HostError {
  return new HostError(code, path, message);
}

/** Pipes of a child are sockets, which can be let go of. */
function letGo(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout]) {
    if (stream && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
  }
}
