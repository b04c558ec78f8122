import { formatDuration } from './format.js';
import { type ExecResult, type Host, HostError, NoAnswerError } from './host.js';
import { code, type Phrase, phrase } from './phrase.js';
import type { Argv, PlanDraft } from './plan.js';
import { type Notice, notice } from './reasons.js';

const LONGEST = 80;

/**
 * A host for looking at the world: a command that was ended because nothing moved any more is an error there, as a
 * file operation without an answer is. Whoever gives a command a time of its own judges its result.
 */
export function answeringHost(host: Host): Host {
  return {
    ...host,
    exec: async (argv, options) => answered(argv, await host.exec(argv, options)),
    pipe: async (argvs, file, options) => {
      const results = await host.pipe(argvs, file, options);
      return results.map((result, index) => answered(argvs[index] ?? [], result));
    },
  };
}

function answered(argv: Argv, result: ExecResult): ExecResult {
  if (result.quietMs === undefined) return result;
  const [program, last] = [argv[0], argv.at(-1)].map((arg) => (typeof arg === 'string' ? arg : ''));
  const about = argv.length > 1 && last ? phrase` (${code(shortened(last))})` : [];
  const what = phrase`${code(program ?? '')}${about} gave no sign of life for ${formatDuration(result.quietMs)}.`;
  throw new NoAnswerError(program ?? '', what);
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** What a host's error means for a plan that is being made, or a look; any other error is a defect and thrown on. */
export function unanswered(error: unknown): Notice {
  if (!(error instanceof HostError)) throw error;
  return notice('no_answer', whatFailed(error));
}

export function whatFailed(error: HostError): Phrase {
  return error instanceof NoAnswerError
    ? error.what
    : phrase`${code(error.path)} can’t be looked at (${error.code}).`;
}

/** The plan of a step about which nothing could be found out. */
export function blindDraft(stack: string, blocker: Notice): PlanDraft {
  return {
    ...{ steps: [], effects: [], touches: [`stack:${stack}`], warnings: [] },
    ...{ blockers: [blocker], targets: null, data: null },
  };
}

/**
 * The promise's value, or the signal's reason once that has come and the promise still isn't settled `graceMs` later.
 * What the promise does afterwards is ignored.
 */
export async function unlessAborted<T>(
  signal: AbortSignal,
  graceMs: number,
  promise: Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      timer = setTimeout(() => reject(signal.reason), graceMs);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  promise.catch(() => {});
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
