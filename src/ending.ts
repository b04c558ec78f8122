import type { Log } from './core/ports/log.js';

/** After the grace period everything has to end within this, in ms; a little is left for the process itself. */
export const LAST_MS = 4500;

/** The end of this process, which comes in any case: what doesn't end by itself is named and left to the next start. */
export interface Ending {
  /**
   * Waits for a part of the end for `ms` at most. Never rejects.
   * @param name how the log calls it
   */
  part(name: string, ms: number, work: Promise<unknown>): Promise<void>;
  /** From here on the process ends after `ms`, whatever hangs. */
  begin(ms: number, leave: () => void): void;
}

export function createEnding(log: Log): Ending {
  const open = new Set<string>();
  return {
    part: async (name, ms, work) => {
      open.add(name);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<'late'>((resolve) => {
        timer = setTimeout(() => resolve('late'), ms);
      });
      const done = work.then(
        () => null,
        (error: unknown) => log.error({ err: error, part: name }, 'a part of the bot ended with an error'),
      );
      if ((await Promise.race([done, late])) === 'late') {
        log.warn({ part: name }, 'a part of the bot did not end in time');
      } else open.delete(name);
      clearTimeout(timer);
    },
    begin: (ms, leave) => {
      setTimeout(() => {
        const unfinished = [...open];
        log.error({ unfinished }, 'stopped before everything had ended: the next start does the rest');
        leave();
      }, ms).unref();
    },
  };
}

/** Work in the threads that all files and DNS share: the usual exit waits for it, however long it takes. */
const WAITED_FOR = /^(FSReq|FileHandle|GetAddrInfo|GetNameInfo)/;
const A_MOMENT_MS = 300;

/** Ends this process with the exit code, or, where a thread waits for a disk that doesn't answer, by SIGKILL. */
export async function endProcess(exitCode: number): Promise<never> {
  const isWaiting = (): boolean => process.getActiveResourcesInfo().some((name) => WAITED_FOR.test(name));
  if (isWaiting()) await new Promise((resolve) => setTimeout(resolve, A_MOMENT_MS));
  if (isWaiting()) process.kill(process.pid, 'SIGKILL');
  process.exit(exitCode);
}
