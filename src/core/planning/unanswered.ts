import { Pending } from '../model/pending.js';
import { code, type Phrase, phrase } from '../model/phrase.js';
import type { Argv, PlanDraft } from '../model/plan.js';
import { type Notice, notice } from '../model/reasons.js';
import { CircuitOpenError } from '../ports/circuit.js';
import {
  type ExecResult,
  type Host,
  HostError,
  type Hosts,
  NoAnswerError,
  noAnswerOf,
} from '../ports/host.js';
import { formatDuration } from '../text/format.js';

const LONGEST = 80;

/**
 * A host for looking at the world: a command that was ended because nothing moved any more is an error there, as a
 * file operation without an answer is. Whoever gives a command a time of its own judges its result.
 */
export function answeringHost(host: Host, hosts: Pick<Hosts, 'placeOf'>, pending = new Pending()): Host {
  const at =
    <T>(work: (path: string) => Promise<T>) =>
    (path: string): Promise<T> =>
      pending.during([code(path)], work(path));
  return {
    ...host,
    stat: at(host.stat),
    list: at(host.list),
    realpath: at(host.realpath),
    readText: at(host.readText),
    free: at(host.free),
    access: (path, mode) => pending.during([code(path)], host.access(path, mode)),
    exec: async (argv, options) => {
      const result = await pending.during(commandWords(argv), host.exec(argv, options));
      return options?.timeoutMs === undefined ? answered(hosts, argv, result) : result;
    },
    pipe: async (argvs, file, options) => {
      const work = host.pipe(argvs, file, options);
      const results = await pending.during(commandWords(argvs[0] ?? []), work);
      for (const [index, result] of results.entries()) await answered(hosts, argvs[index] ?? [], result);
      return results;
    },
  };
}

/** A command by its program, and by the place that it is about, where its words name one. */
function commandWords(argv: Argv): Phrase {
  const words = argv.filter((arg) => typeof arg === 'string');
  const [program = ''] = words;
  const place = words.slice(1).findLast((word) => word.includes('/') && !word.startsWith('-'));
  return place === undefined ? [code(program)] : phrase`${code(program)} (${code(shortened(place))})`;
}

async function answered(hosts: Pick<Hosts, 'placeOf'>, argv: Argv, result: ExecResult): Promise<ExecResult> {
  if (result.quietMs === undefined) return result;
  const words = argv.filter((arg) => typeof arg === 'string');
  const [program = ''] = words;
  const paths = words
    .slice(1)
    .flatMap((word) => (word.startsWith('/') ? [word] : (word.match(/(?<==)\/.*/) ?? [])));
  const mounts = await Promise.all(paths.map((path) => hosts.placeOf(path)));
  const mount = mounts.find((found) => found !== null) ?? null;
  const quiet = phrase`gave no sign of life for ${formatDuration(result.quietMs)}.`;
  if (mount !== null) {
    throw new NoAnswerError(mount, phrase`${code(mount)} doesn’t answer: ${code(program)} ${quiet}`);
  }
  throw new NoAnswerError(program, phrase`${commandWords(argv)} ${quiet}`);
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** What a host's error means for a plan that is being made, or a look; any other error is a defect and thrown on. */
export function unanswered(error: unknown): Notice {
  if (error instanceof CircuitOpenError) return error.notice;
  if (!(error instanceof HostError)) throw error;
  const what = noAnswerOf(error) ?? phrase`${code(error.path)} can’t be looked at (${error.code}).`;
  return notice('no_answer', what);
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
