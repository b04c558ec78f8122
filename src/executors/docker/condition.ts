import type { ObservedState } from '../../core/model/observation.js';
import type { Container } from './container.js';

/** The engine itself counts a container as up again after so long, in ms. */
const SETTLED_MS = 10_000;
/** For one that has been started again more than twice, in ms. */
const SETTLED_LOOP_MS = 60_000;

/** Exit codes of what was asked to end: SIGINT, SIGKILL after the time that a stop allows, SIGTERM. */
const STOP_CODES: readonly number[] = [130, 137, 143];

/** What a container's state means to people. */
export function stateOf(container: Container, nowMs = Date.now()): ObservedState {
  switch (container.status) {
    case 'running':
      if (isLooping(container, nowMs)) return 'restarting';
      return container.health === 'starting' ? 'starting' : 'running';
    case 'restarting':
    case 'paused':
      return container.status;
    case 'created':
      return container.error === '' ? 'created' : 'start_failed';
    default:
      return endedState(container);
  }
}

/** Is it meant to run: also one that is paused, or that its restart policy is starting again? */
export function isUp({ status }: Pick<Container, 'status'>): boolean {
  return status === 'running' || status === 'restarting' || status === 'paused';
}

/** Up at this moment between two ends. */
function isLooping({ restarts, startedAt }: Container, nowMs: number): boolean {
  if (restarts === 0) return false;
  return nowMs - Date.parse(startedAt) < (restarts > 2 ? SETTLED_LOOP_MS : SETTLED_MS);
}

/** The engine doesn't say who ended a container; its restart policy and the exit code tell all but rare cases. */
function endedState({
  error,
  outOfMemory,
  restartPolicy,
  exitCode,
}: Container): 'stopped' | 'crashed' | 'start_failed' {
  if (error !== '') return 'start_failed';
  // Whatever ends by itself is started again, unless somebody stopped it.
  if (restartPolicy === 'always' || restartPolicy === 'unless-stopped') return 'stopped';
  if (outOfMemory) return 'crashed';
  return exitCode === 0 || STOP_CODES.includes(exitCode) ? 'stopped' : 'crashed';
}
