import type { Observation } from './observation.js';

/** Does it need a look: unhealthy, restarting, or not there? One that is stopped may be meant to be. */
export function isAmiss({ state, healthy }: Observation): boolean {
  return healthy === false || state === 'restarting' || state === 'absent';
}

/** Health says more than a state does, where there is a check. The symbol never stands alone. */
export function conditionOf({ state, healthy }: Observation): { symbol: string; word: string } {
  if (healthy === false) return { symbol: '❌', word: 'unhealthy' };
  if (state === 'running') return { symbol: '✅', word: healthy ? 'healthy' : 'running' };
  return { symbol: SYMBOLS[state], word: state === 'absent' ? 'not there' : state };
}

const SYMBOLS: Readonly<Record<Exclude<Observation['state'], 'running'>, string>> = {
  starting: '⏱',
  restarting: '❌',
  paused: '⏸',
  stopped: '⏹',
  absent: '❌',
};

/** Is it up, well or not? */
export function isUp({ state }: Observation): boolean {
  return state === 'running' || state === 'starting';
}

/** `4 of 5 running, 1 unhealthy`; empty when there is nothing to count. */
export function countsText(things: readonly Observation[]): string {
  if (things.length === 0) return '';
  const count = (test: (thing: Observation) => boolean): number => things.filter(test).length;
  const running = count(isUp);
  const unhealthy = count(({ healthy }) => healthy === false);
  return `${running} of ${things.length.toLocaleString('en-US')} running${unhealthy === 0 ? '' : `, ${unhealthy} unhealthy`}`;
}
