import { type ChildProcess, spawn } from 'node:child_process';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import type { Argv } from '../core/model/plan.js';
import type { Digest, ExecResult, Folder, HostScope, PipeOptions } from '../core/ports/host.js';
import { endStrays, FAILED, supervise } from './child.js';
import { type Command, type CommandSettings, inOwnFolder, intoFile } from './command.js';
import { digestIn, type Link, linksOf } from './digest.js';
import { openFolder, pathOf, stale } from './folder.js';
import { hashThrough } from './hash-through.js';
import { type OutputOptions, readOutput } from './output.js';
import { asHostError } from './plain-files.js';
import { lowerPriority } from './priority.js';
import { startTurn } from './start-turn.js';

/** How long a command may go on reading after the one before it has ended, until it is asked who still writes, in ms. */
const READ_ON_MS = 2000;

/**
 * Runs commands as a pipeline; see {@link Host.pipe}. Each child gets the read end of the pipe before it,
 * so the bytes go from child to child and into the file without passing through this process; what is hashed passes
 * through a helper process, or through this one where it is little
 * (node:child_process and not execa, which would start to read from streams that nobody else reads).
 */
export async function pipe(
  argvs: readonly Argv[],
  file: string | null,
  options: PipeOptions,
  scope: HostScope,
  settings: CommandSettings,
): Promise<readonly ExecResult[]> {
  await startTurn();
  if (scope.signal.aborted && !options.uninterruptible) {
    return argvs.map(() => ({ ...FAILED, stopped: true, stdout: '', stderr: '' }));
  }
  const folder = options.folder === undefined ? null : await openCertain(options.folder, settings);
  let target: FileHandle | null = null;
  try {
    const place = folder === null ? options : { ...options, cwd: pathOf(folder) };
    const links = linksOf(argvs, place, scope, settings);
    const commands = await Promise.all(links.map(({ command }) => inOwnFolder(command, settings)));
    const last = commands.pop();
    if (last === undefined) return [];
    const isFar = file !== null && !!(await settings.files?.uncertain(dirname(file)));
    if (isFar) await settings.files?.for(scope.signal).create(file);
    else if (file !== null) target = await create(file);
    commands.push(isFar ? intoFile(last, file) : last);
    const end = target?.fd ?? (options.onStdout && file === null ? 'pipe' : 'ignore');
    const { children, hashed } = connect(commands, end, (at) => links[at]?.isHashedHere === true);
    readOutput(children.at(-1)?.stdout ?? null, { omit: () => true, onLine: options.onStdout });
    if (!options.uninterruptible) for (const { pid } of children) lowerPriority(pid);
    const over = new Set<number>();
    const strays: NodeJS.Timeout[] = [];
    const ends = await Promise.allSettled(
      children.map(async (child, index) => {
        const link = links[index];
        const stderr = readOutput(
          child.stderr,
          link?.isDigest ? onlyFaults(scope) : heardOf(link?.index ?? index, options, scope),
        );
        const argv0 = link?.command.program ?? '';
        const { timeoutMs, idleMs, uninterruptible } = options;
        const limits = { timeoutMs, idleMs, uninterruptible };
        const passedOn = hashed.has(index) ? child.stdout : null;
        const end = await supervise(child, { scope, argv0, passedOn, ...settings, ...limits });
        // What never began has an output that never ends.
        if (child.pid === undefined) child.stdout?.destroy();
        over.add(index);
        // What the command left in the background may hold the pipe, and the next one would read from it for ever.
        if (index + 1 < children.length && !over.has(index + 1)) {
          strays.push(setTimeout(() => over.has(index + 1) || endStrays(scope.runId), READ_ON_MS));
        }
        return { ...end, stdout: '', stderr: stderr() };
      }),
    );
    for (const timer of strays) clearTimeout(timer);
    const results = ends.map((end) => {
      if (end.status === 'rejected') throw end.reason;
      return end.value;
    });
    const digests = new Map<number, Digest | null>();
    for (const [index, digest] of hashed) digests.set(index, await digest);
    return withDigests(links, results, digests);
  } finally {
    await target?.close();
    await folder?.close();
  }
}

/** The helper's report is no line of a command; why it failed is one for the log. */
function onlyFaults(scope: HostScope): OutputOptions {
  return { onLog: (line) => digestIn(line) || line.trim() === '' || scope.onOutput('stderr', line) };
}

function heardOf(index: number, options: PipeOptions, scope: HostScope): OutputOptions {
  return {
    omit: options.omit,
    onLine: (line) => options.onStderr?.(line, index),
    onLog: (line) => scope.onOutput('stderr', line),
  };
}

/** One result for each command, with what its helper told, or what was hashed here by the command's place. */
function withDigests(
  links: readonly Link[],
  results: readonly ExecResult[],
  hashed: ReadonlyMap<number, Digest | null>,
): readonly ExecResult[] {
  return results.flatMap((result, at): readonly ExecResult[] => {
    if (links[at]?.isDigest) return [];
    const helper = links[at + 1]?.isDigest ? results[at + 1] : undefined;
    const here = result.stopped ? null : (hashed.get(at) ?? null);
    const digest = helper?.ok ? digestIn(helper.stderr) : here;
    return [digest ? { ...result, digest } : result];
  });
}

/** A folder on a mount that may not answer can't be held open here: nothing tells that it is the one that was meant. */
async function openCertain(folder: Folder, { files }: CommandSettings): Promise<FileHandle> {
  if (await files?.uncertain(folder.path)) throw stale(folder.path);
  return openFolder(folder);
}

/** O_CREAT | O_EXCL: never writes into a file that somebody else put there. */
async function create(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'wx', 0o600);
  } catch (error) {
    throw asHostError(error, file);
  }
}

/** @param isHashedHere says whether this process hashes what the command of this place writes */
function connect(
  commands: readonly Command[],
  target: number | 'pipe' | 'ignore',
  isHashedHere: (index: number) => boolean,
): {
  readonly children: readonly ChildProcess[];
  readonly hashed: ReadonlyMap<number, Promise<Digest | null>>;
} {
  const hashed = new Map<number, Promise<Digest | null>>();
  let previous: Readable | null = null;
  const children = commands.map((command, index) => {
    const last = index === commands.length - 1;
    const child: ChildProcess = spawn(command.program, command.args, {
      cwd: command.cwd,
      env: command.env,
      detached: true,
      stdio: [isHashedHere(index - 1) ? 'pipe' : (previous ?? 'ignore'), last ? target : 'pipe', 'pipe'],
    });
    if (previous && child.stdin) hashed.set(index - 1, hashThrough(previous, child.stdin));
    // As long as this process holds a read end, a writer would never learn that its reader is gone.
    else previous?.destroy();
    previous = child.stdout;
    return child;
  });
  return { children, hashed };
}
