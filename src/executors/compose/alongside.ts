import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { Container } from '../docker/container.js';
import { lastLine } from '../shared/wording.js';

/** More than one that waits for what it depends on needs. */
const TOO_MANY_RESTARTS = 3;

/** Is a container that was fine still so, by a check that ended after this instant (ms since 1970)? */
export function isProven({ status, health, failingStreak, checkedAt }: Container, since: number): boolean {
  if (status !== 'running') return false;
  if (health === 'none') return true;
  return health === 'healthy' && failingStreak === 0 && Date.parse(checkedAt) > since;
}

/**
 * What became of a container that was fine, where more time would not help; null while it may. What ends because the one that
 * it depends on was away for a moment, and is started again, has lost nothing.
 */
export function hasLost(container: Container, isLate: boolean): Phrase | null {
  const { status, health, restarts, exitCode, failingStreak } = container;
  if (status === 'exited' || status === 'dead') return phrase`ended with exit code ${exitCode}`;
  if (restarts >= TOO_MANY_RESTARTS && status === 'restarting')
    return phrase`keeps ending (exit code ${exitCode})`;
  if (!isLate) return null;
  if (status === 'restarting') return phrase`did not stay up`;
  const words = lastLine(container.healthOutput);
  const why = words === '' ? [] : phrase`: ${code(words)}`;
  if (health === 'unhealthy') return phrase`turned unhealthy${why}`;
  return health !== 'none' && failingStreak > 0 ? phrase`fails its health check${why}` : null;
}
