import { setTimeout as sleep } from 'node:timers/promises';
import type { Argv } from '../../core/model/plan.js';
import type { RunContext } from '../../core/ports/executor.js';
import type { ExecOptions, ExecResult, Host } from '../../core/ports/host.js';
import { formatDuration } from '../../core/text/format.js';
import { READ } from './container.js';
import { isAway } from './missing.js';

/** How long an engine may be away, in ms: a restart of the machine's daemon takes seconds, with many containers a minute. */
const AWAY_MS = 120_000;
const ASK_EVERY_MS = 1000;
/** For an engine that comes and goes. */
const ATTEMPTS = 4;

/** What other clients of the engine, such as Compose, say where docker has a sentence of its own. */
const NO_SOCKET = /dial unix/i;
/** The engine went away while it worked. */
const CUT_OFF = /error during connect|unexpected EOF|: EOF\s*$|connection reset by peer|broken pipe/i;
/** Commands that do the same once more when what they were asked for is done already. */
const REPEATABLE = new Set(
  'compose container events image info inspect logs ps pull restart start stop tag version'.split(' '),
);

/**
 * The same context on a host that waits for an engine that is away: "can't ask" is neither "no" nor "gone". What never
 * reached the engine, and what only reads or can be repeated, is done once the engine is back; other commands give their
 * failure, after which it can be asked what they did. An engine that stays away is waited for only once.
 */
export function outlastingAbsence(ctx: RunContext): RunContext {
  const wait = { isGivenUp: false };
  const exec: Host['exec'] = async (argv, options) => {
    for (let attempt = 1; ; attempt += 1) {
      const result = await ctx.host.exec(argv, options);
      const how = argv[0] === 'docker' ? absenceIn(result) : null;
      if (how === null || wait.isGivenUp || attempt === ATTEMPTS) return result;
      wait.isGivenUp = !(await untilBack(ctx));
      if (wait.isGivenUp || !(how === 'not_reached' || isRepeatable(argv))) return result;
    }
  };
  return { ...ctx, host: { ...ctx.host, exec } };
}

function absenceIn(result: ExecResult): 'not_reached' | 'cut_off' | null {
  if (result.ok || result.notFound || result.stopped || result.timedOut) return null;
  if (isAway(result.stderr) || NO_SOCKET.test(result.stderr)) return 'not_reached';
  const isAnswer = result.stderr.includes('Error response from daemon');
  return !isAnswer && CUT_OFF.test(result.stderr.trimEnd()) ? 'cut_off' : null;
}

function isRepeatable([, command]: Parameters<Host['exec']>[0]): boolean {
  return typeof command === 'string' && REPEATABLE.has(command);
}

const ASK: Argv = ['docker', 'version', '--format', '{{.Server.Version}}'];
const ASKING: ExecOptions = { ...READ, timeoutMs: 10_000 };

/** Does the engine answer again in time? */
async function untilBack({ host, progress, output }: RunContext): Promise<boolean> {
  const began = performance.now();
  progress({ current: 'waiting for Docker, which doesn’t answer' });
  for (;;) {
    const isBack = (await host.exec(ASK, ASKING)).ok;
    const awayMs = performance.now() - began;
    if (isBack || awayMs >= AWAY_MS) {
      output(
        isBack
          ? 'Docker answers again; what was not done is repeated.'
          : `Docker did not come back within ${formatDuration(awayMs)}.`,
      );
      return isBack;
    }
    await sleep(ASK_EVERY_MS);
  }
}
