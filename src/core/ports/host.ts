import { type Phrase, plain } from '../model/phrase.js';
import type { Arg, Argv } from '../model/plan.js';

/** How a command is run. */
export interface ExecOptions {
  readonly stdin?: string | Uint8Array;
  /** Its stdin stays open until it ends by itself: for what takes the end of its input as a hang-up. */
  readonly holdsStdin?: true;
  readonly cwd?: string;
  /** Added to the minimal environment that commands get (PATH, HOME, LC_ALL=C.UTF-8, DOCKER_*, SSH_AUTH_SOCK). */
  readonly env?: Readonly<Record<string, Arg>>;
  /** Called for each line of stdout or stderr, split at \n and \r, cut at 64 KiB. */
  readonly onStdout?: (line: string) => void;
  readonly onStderr?: (line: string) => void;
  /** Bytes kept of each stream in the result: the last ones. Default 1 MiB. */
  readonly keep?: number;
  /** Lines that are passed on but neither logged nor kept in the result, such as progress. */
  readonly omit?: (line: string) => boolean;
  /** Which streams go to the run's log. Default `stderr`. */
  readonly log?: 'none' | 'stderr' | 'both';
  /** Ended after so long in any case. */
  readonly timeoutMs?: number;
  /**
   * Ended when it has given no sign of life for so long: no output, no CPU time, nothing read or written. Default: the
   * scope's, where there is no `timeoutMs`.
   */
  readonly idleMs?: number;
  /** Between SIGTERM and SIGKILL when it is ended early. */
  readonly graceMs?: number;
  /** Goes on when the run is stopped: for putting things back. */
  readonly uninterruptible?: boolean;
  /** What is uninterruptible has so long once the run is stopped, in ms, as if that were its `timeoutMs`. */
  readonly afterStopMs?: number;
  /** Ends it as a stop does, also when it is uninterruptible. */
  readonly until?: AbortSignal;
}

/** How a command ended. A command that fails is a result, never an exception. */
export interface ExecResult {
  readonly ok: boolean;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The program does not exist on this host. */
  readonly notFound: boolean;
  /** Ended by a deadline. */
  readonly timedOut: boolean;
  /** The ms without a sign of life after which it was ended; missing when it ended in another way. */
  readonly quietMs?: number;
  /** Ended because the run was stopped. */
  readonly stopped: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  /** Of what it wrote to stdout, where {@link PipeOptions.digest} asks for it; missing when not all of it was hashed. */
  readonly digest?: Digest;
}

/** What a stream of bytes was. */
export type Digest = {
  /** Hex. */
  readonly sha256: string;
  readonly bytes: number;
};

export interface FileStat {
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970, UTC. */
  readonly mtimeMs: number;
  readonly device: number;
}

/** One certain folder, and not whatever else comes to lie at its path. */
export type Folder = {
  /** With every symlink resolved. */
  readonly path: string;
  /** `device:inode`, both decimal, as `%d:%i` of stat(1): no two folders of one kernel have it in common. */
  readonly id: string;
};

export interface FreeSpace {
  /** Bytes that the bot's user can still write. */
  readonly available: number;
  readonly total: number;
}

/**
 * Where commands and files live. Executors touch the world only through this, so that they work over
 * ssh or on a runner as they do here, and can be tested with a ten-line fake.
 * Paths are absolute. File operations throw {@link HostError}; commands return an {@link ExecResult}.
 */
export interface Host {
  readonly name: string;
  /** Runs one command without a shell. */
  exec(argv: Argv, options?: ExecOptions): Promise<ExecResult>;
  /**
   * Runs commands as a pipeline that the kernel connects, the last one's stdout going to `file` (created
   * exclusively, mode 0600) or nowhere. One result for each command. No byte passes through JavaScript, but for
   * those of small streams that are hashed.
   */
  pipe(argvs: readonly Argv[], file: string | null, options?: PipeOptions): Promise<readonly ExecResult[]>;
  /**
   * What tells the program that commands of this name are started with from every other one, and from itself once somebody
   * has replaced it; null where that can't be told. Starts nothing.
   */
  readonly programMark?: (program: string) => Promise<string | null>;
  /** Does not follow symlinks; null when nothing is there. */
  stat(path: string): Promise<FileStat | null>;
  /** Names in a directory, sorted. */
  list(path: string): Promise<readonly string[]>;
  /** The path with every symlink resolved; null when nothing is there. */
  realpath(path: string): Promise<string | null>;
  /** May the bot's user read (list) or write (create in) it? */
  access(path: string, mode: 'read' | 'write'): Promise<boolean>;
  readText(path: string): Promise<string>;
  /** Writes atomically: temporary file, fsync, rename. */
  writeText(path: string, text: string): Promise<void>;
  /** Replaces nothing: fails with `EEXIST` when `to` is there. Syncs the directory. */
  rename(from: string, to: string): Promise<void>;
  /** Removes one file; true when it was there. Never a directory. */
  remove(path: string): Promise<boolean>;
  /** Creates the directory and its parents, mode 0700 for new ones. */
  mkdir(path: string): Promise<void>;
  /** Writes a file's data through to the disk. */
  sync(path: string): Promise<void>;
  free(path: string): Promise<FreeSpace>;
}

export type PipeOptions = Pick<
  ExecOptions,
  'env' | 'timeoutMs' | 'idleMs' | 'uninterruptible' | 'cwd' | 'omit'
> & {
  /**
   * Takes the place of `cwd`: the commands work in this very folder, also when another one is put in its place
   * meanwhile. When another one lies there now, nothing is begun, and the error's code is `ESTALE`.
   */
  readonly folder?: Folder;
  /** Lines of stderr of the command with this index. */
  readonly onStderr?: (line: string, command: number) => void;
  /** Lines that the last command writes, where there is no `file`; otherwise nobody reads them. */
  readonly onStdout?: (line: string) => void;
  /** Commands, by index, whose output is also hashed on its way; see {@link ExecResult.digest}. */
  readonly digest?: readonly number[];
  /** About how many bytes each of those writes, where that is known: small streams are hashed without another process. */
  readonly digestBytes?: number | undefined;
};

/** A file operation that failed; `code` is the system's (`ENOENT`, `EACCES`, `ENOSPC`, …). */
export class HostError extends Error {
  constructor(
    readonly code: string,
    readonly path: string,
    message: string,
  ) {
    super(message);
    this.name = 'HostError';
  }
}

/** Something did not answer in time: a mount, a host, a tool. Its code is `ETIMEDOUT`. */
export class NoAnswerError extends HostError {
  /** @param what a sentence: what doesn't answer */
  constructor(
    path: string,
    readonly what: Phrase,
  ) {
    super('ETIMEDOUT', path, plain(what));
    this.name = 'NoAnswerError';
  }
}

/** What doesn't answer, as a sentence; null for an error of another kind. */
export function noAnswerOf(error: HostError): Phrase | null {
  if (error instanceof NoAnswerError) return error.what;
  return error.code === 'ETIMEDOUT' ? [`${error.message.replace(/\.$/, '')}.`] : null;
}

/** A child process as the journal keeps it: enough to end it later and nothing else. */
export interface ChildRecord {
  readonly pid: number;
  readonly processGroup: number;
  /** Field 22 of /proc/<pid>/stat, in clock ticks since boot: tells a pid from its reuse (proc(5)). */
  readonly startTime: string;
  readonly argv0: string;
}

/** One process as the store knows owners: which machine, which pid, started when. */
export interface ProcessIdentity {
  /** Boot id and pid namespace: pids can be compared only where this is equal. */
  readonly machine: string;
  readonly pid: number;
  readonly startTime: string;
}

/** What is heard of a child process. */
export type ChildSign = 'began' | 'quiet' | 'moving' | 'ended';

/** What a host is bound to while it serves one run. */
export interface HostScope {
  readonly runId: string;
  readonly signal: AbortSignal;
  readonly resolveSecret: (name: string) => string;
  /** Nothing has begun: what is known not to answer isn't asked, which is a {@link HostError}. */
  readonly onlyLooks?: boolean;
  /** Awaited before the child's work counts: the journal must know it. */
  readonly onChild: (child: ChildRecord) => Promise<void>;
  readonly onOutput: (stream: 'stdout' | 'stderr', line: string) => void;
  /** See {@link ExecOptions.idleMs}; ten minutes by default. */
  readonly idleMs?: number;
  /** Told of each child: `quiet` when nothing of it moves, `moving` when it does again, also before a quiet one's end. */
  readonly onSign?: (sign: ChildSign) => void;
}

/** A process that a run left behind. */
export interface Leftover {
  readonly pid: number;
  /** Its program's name. Hostile text. */
  readonly name: string;
  /** False: it could not be ended, because it waits for a disk that doesn't answer. */
  readonly isGone: boolean;
}

/** Opens hosts and looks after the processes that were left behind on them. */
export interface Hosts {
  open(scope: HostScope): Host;
  self(): ProcessIdentity;
  /** The mount on which a path's answers depend, when that is not a disk of this machine; null: nothing that may hang. */
  placeOf(path: string): Promise<string | null>;
  /** `unknown` when it lives on another machine or in another pid namespace. */
  liveness(identity: ProcessIdentity): 'alive' | 'dead' | 'unknown';
  /**
   * Ends everything that a run left running: SIGTERM, then SIGKILL. `children` are those that its journal names, for a
   * run whose owner died. Returns what there was.
   */
  endLeftovers(runId: string, children: readonly ChildRecord[]): Promise<readonly Leftover[]>;
}
