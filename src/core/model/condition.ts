import { formatCount } from '../text/format.js';
import type { Observation, Observed, ObservedState, Trouble } from './observation.js';

/** A symbol and the word that says the same: the symbol never stands alone. */
export interface Condition {
  readonly symbol: string;
  readonly word: string;
}

/** `bad`: it should run and doesn't, or isn't well. `odd`: somebody should know. One that is stopped may be meant to be. */
type Severity = 'bad' | 'odd' | 'fine';

interface Kind extends Condition {
  readonly severity: Severity;
  /** After a number, where the word itself can’t stand there. */
  readonly counted?: string;
}

const KINDS: Readonly<Record<ObservedState | Trouble | 'unhealthy', Kind>> = {
  running: { symbol: '✅', word: 'running', severity: 'fine' },
  starting: { symbol: '⏱', word: 'starting', severity: 'fine' },
  unhealthy: { symbol: '❌', word: 'unhealthy', severity: 'bad' },
  restarting: { symbol: '🔄', word: 'restarting', severity: 'bad' },
  crashed: { symbol: '💥', word: 'crashed', severity: 'bad' },
  start_failed: { symbol: '🚫', word: 'couldn’t start', severity: 'bad' },
  cut_off: { symbol: '🔌', word: 'cut off from its network', severity: 'bad' },
  absent: { symbol: '❓', word: 'not there', severity: 'bad' },
  paused: { symbol: '⏸', word: 'paused', severity: 'odd' },
  orphaned: { symbol: '👻', word: 'no longer in the file', severity: 'odd' },
  stopped: { symbol: '⏹', word: 'stopped', severity: 'fine' },
  finished: { symbol: '🏁', word: 'finished', severity: 'fine' },
  created: { symbol: '⚪', word: 'never started', severity: 'fine' },
  no_container: {
    symbol: '➖',
    word: 'no container',
    counted: 'without a container',
    severity: 'fine',
  },
};

/** What matters most about it: trouble and health say more than a state does. */
function kindOf({ state, healthy, trouble }: Observation): keyof typeof KINDS {
  if (trouble === 'cut_off' && (state === 'running' || state === 'starting')) return trouble;
  return state === 'running' && healthy === false ? 'unhealthy' : state;
}

/** `💥 crashed (exit 3)`, `🔄 restarting (3 times)`. */
export function conditionOf(thing: Observation): Condition {
  const { exitCode, restarts, healthy, trouble } = thing;
  const kind = kindOf(thing);
  const { symbol, word } = KINDS[kind];
  if (trouble === 'orphaned')
    return { symbol: KINDS.orphaned.symbol, word: `${word}, ${KINDS.orphaned.word}` };
  if (kind === 'running' && healthy) return { symbol, word: 'healthy' };
  if (kind === 'crashed' && exitCode !== undefined) return { symbol, word: `${word} (exit ${exitCode})` };
  if (kind === 'restarting' && restarts !== undefined)
    return { symbol, word: `${word} (${formatCount(restarts, 'time')})` };
  return { symbol, word };
}

function severityOf(thing: Observation): Severity {
  const { severity } = KINDS[kindOf(thing)];
  return severity === 'fine' && thing.trouble !== undefined ? KINDS[thing.trouble].severity : severity;
}

/** Does it need a look? */
export function isAmiss(thing: Observation): boolean {
  return severityOf(thing) !== 'fine';
}

/** Before what is odd comes what is bad. */
export function urgency(thing: Observation): number {
  return ['bad', 'odd', 'fine'].indexOf(severityOf(thing));
}

/** Is it up, well or not? */
export function isUp({ state }: Observation): boolean {
  return state === 'running' || state === 'starting';
}

/** The symbol of a stack's head line; empty when nothing is known to be wrong and not all of it runs. */
export function stackSymbol({ things, notices }: Observed): string {
  if (things.some((thing) => severityOf(thing) === 'bad')) return '❌';
  if (notices.length > 0 || things.some(isAmiss)) return '⚠';
  if (things.length === 0) return '';
  return things.every((thing) => isUp(thing) || thing.state === 'finished') ? '✅' : '';
}

/** `1 of 5 running, 1 crashed, 1 paused`; empty when there is nothing to count. */
export function countsText(things: readonly Observation[]): string {
  if (things.length === 0) return '';
  const kinds = things.map(kindOf);
  const running = things.filter(isUp).length;
  const others = (Object.keys(KINDS) as (keyof typeof KINDS)[])
    .filter((kind) => kind !== 'running' && kind !== 'starting')
    .flatMap((kind) => {
      const count = things.filter(({ trouble }, at) => kinds[at] === kind || trouble === kind).length;
      return count === 0
        ? []
        : [`${count.toLocaleString('en-US')} ${KINDS[kind].counted ?? KINDS[kind].word}`];
    });
  return [`${running} of ${things.length.toLocaleString('en-US')} running`, ...others].join(', ');
}
