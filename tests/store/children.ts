import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { ChildTask } from './child.js';
import { compileStore } from './compile.js';

export interface Child {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  /** The lines that it has written so far. */
  readonly lines: readonly string[];
  /** Resolves when it has written this many lines; rejects when it ends before that. */
  wrote(count: number): Promise<void>;
  readonly ended: Promise<unknown>;
}

export interface Children {
  /** @param runs how many runs it deals with */
  start(task: ChildTask, dataDir: string, runs: number): Child;
  /** Ends all of them and removes the compiled program. */
  dispose(): Promise<void>;
}

/** Compiles the child program once, to be started as often as wanted. */
export function prepareChildren(): Children {
  const folder = mkdtempSync(join(tmpdir(), 'chatops-test-child-'));
  compileStore(folder);
  const started: Child[] = [];
  return {
    start(task, dataDir, runs) {
      const child = startChild(join(folder, 'tests/store/child.js'), [task, dataDir, String(runs)]);
      started.push(child);
      return child;
    },
    async dispose() {
      for (const child of started) child.process.kill('SIGKILL');
      await Promise.all(started.map(({ ended }) => ended));
      rmSync(folder, { recursive: true });
    },
  };
}

function startChild(program: string, args: readonly string[]): Child {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  const wrote = async (count: number): Promise<void> => {
    while (lines.length < count) {
      const next = once(reader, 'line').then(() => true);
      const stopped = ended.then(() => false);
      if (!(await Promise.race([next, stopped])) && lines.length < count) {
        throw new Error(`The child ended after ${lines.length} lines of ${count}.`);
      }
    }
  };
  return { process: child, lines, wrote, ended };
}
