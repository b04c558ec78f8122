import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';

/** Output that comes so long after the process has ended is still read, in ms; without any for so long, no more comes. */
const DRAIN_MS = 2000;
const QUIET_MS = 300;
/** How long pipes take to close at most, in ms. */
const CLOSE_MS = 500;

/** How a process ended. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** When, by performance.now(). */
  readonly at: number;
  /** It was given up, and may still be there. */
  readonly isStuck: boolean;
  /** The system's code when it could not be started. */
  readonly code?: string;
}

/**
 * Resolves when the process itself has ended and its output is read. Whoever else holds the other ends of its pipes,
 * such as a process that it left in the background, is not waited for. `abandon` gives up a process that can't be ended.
 * @param passedOn what of its output is left to somebody else to read
 */
export function processEnd(
  child: ChildProcess,
  passedOn: Readable | null = null,
): {
  readonly ended: Promise<ProcessEnd>;
  readonly abandon: () => void;
} {
  let abandon = (): void => {};
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return;
      resolve({
        exitCode: null,
        signal: null,
        at: performance.now(),
        isStuck: false,
        code: error.code ?? '',
      });
    });
    child.once('exit', (exitCode, signal) => {
      const at = performance.now();
      void drained(child, passedOn).then(() => resolve({ exitCode, signal, at, isStuck: false }));
    });
    abandon = () => {
      // Neither this process's loop nor its end waits for it.
      child.unref();
      closePipes(child);
      resolve({ exitCode: null, signal: 'SIGKILL', at: performance.now(), isStuck: true });
    };
  });
  return { ended, abandon };
}

/** Reads what is left in the pipes of a process that has ended, then closes them. */
function drained(child: ChildProcess, passedOn: Readable | null): Promise<void> {
  return new Promise((resolve) => {
    const streams = [child.stdout, child.stderr].filter(
      (stream): stream is Readable => stream !== null && stream !== passedOn,
    );
    let news = false;
    const onData = (): void => {
      news = true;
    };
    let closing: NodeJS.Timeout | undefined;
    const stopReading = (): void => {
      clearInterval(quiet);
      clearTimeout(limit);
      for (const stream of streams) stream.off('data', onData);
    };
    const close = (): void => {
      stopReading();
      closePipes(child, passedOn);
      // Whoever reads lines gets the last one when its stream has closed.
      closing ??= setTimeout(resolve, CLOSE_MS);
    };
    // After a pause of this process its timers come before what it has not read yet: the next turn tells.
    const quiet = setInterval(() => {
      setImmediate(() => {
        if (!news) close();
        news = false;
      });
    }, QUIET_MS);
    const limit = setTimeout(close, DRAIN_MS);
    for (const stream of streams) if (stream.listenerCount('data') > 0) stream.on('data', onData);
    child.once('close', () => {
      stopReading();
      clearTimeout(closing);
      resolve();
    });
  });
}

function closePipes(child: ChildProcess, except: Readable | null = null): void {
  for (const stream of child.stdio) if (stream !== except) stream?.destroy();
}
