import { code, type Phrase, phrase } from '../model/phrase.js';
import type { CoreDeps } from '../ports/deps.js';
import type { Leftover } from '../ports/host.js';
import type { RunLog } from '../records/run-log.js';
import { formatCount } from '../text/format.js';

const NAMED = 3;

/** What people read of processes that a run left running; empty when there were none. */
export function leftoverWords(left: readonly Leftover[]): Phrase[] {
  const gone = left.filter(({ isGone }) => isGone).length;
  const stuck = left.filter(({ isGone }) => !isGone);
  const ended =
    gone === 0 ? [] : [phrase`${formatCount(gone, 'process', 'processes')} that it had left running ended.`];
  return [...ended, ...stuck.slice(0, NAMED).map(stuckWords)];
}

function stuckWords({ pid, name }: Leftover): Phrase {
  return phrase`Process ${pid} (${code(name)}) can’t be ended: it waits for a disk that doesn’t answer.`;
}

/**
 * Ends what the tools of a run left running in the background, which may outlive them by days. Each is named in the
 * run's log; what can't be ended is told. Never rejects.
 */
export async function endWhatIsLeft(
  { hosts, log }: Pick<CoreDeps, 'hosts' | 'log'>,
  runId: string,
  runLog: RunLog,
): Promise<readonly Phrase[]> {
  try {
    const left = await hosts.endLeftovers(runId, []);
    for (const { pid, name, isGone } of left) {
      runLog.add(
        `${name} (process ${pid}) was left running ${isGone ? 'and was ended' : 'and can’t be ended'}.`,
      );
    }
    return leftoverWords(left.filter(({ isGone }) => !isGone));
  } catch (error) {
    log.error({ err: error, runId }, 'what a run left running could not be looked for');
    return [];
  }
}
