import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { formatDuration } from '../../core/text/format.js';
import type { Container } from '../docker/container.js';
import { lastLine } from '../shared/wording.js';

/** A container that its restart policy has started this often is not given more time. */
const TOO_MANY_RESTARTS = 3;

/** Whether a container does its work by ending with exit code 0: never, maybe, or nothing else will do. */
export type Ends = 'never' | 'may' | 'must';

/** Is it up, and healthy where it has a check? */
export function isReady({ status, health }: Container): boolean {
  return status === 'running' && (health === 'none' || health === 'healthy');
}

/** Has a one-shot container done its work? */
export function hasEnded({ status, exitCode }: Container, ends: Ends): boolean {
  return ends !== 'never' && status === 'exited' && exitCode === 0;
}

/** Why more time would not help; null while it may. */
export function faultOf(container: Container, wasReady: boolean): Phrase | null {
  const { name, status, restarts, exitCode } = container;
  if (restarts >= TOO_MANY_RESTARTS) {
    return phrase`${code(name)} keeps ending and was restarted ${restarts} times`;
  }
  if (status === 'exited' || status === 'dead') return phrase`${code(name)} ended with exit code ${exitCode}`;
  if (status === 'created' && container.error !== '') {
    return phrase`${code(name)} could not be started: ${code(lastLine(container.error))}`;
  }
  if (wasReady && container.health === 'unhealthy') {
    return phrase`${code(name)} was healthy first, then turned unhealthy${healthWords(container)}`;
  }
  return null;
}

/** Is it up, with a health check that has neither succeeded nor failed for good? */
export function isStarting({ status, health }: Container): boolean {
  return status === 'running' && health === 'starting';
}

/** How long its start may take before its time begins to count, in ms. */
export function startPeriodOf({ check }: Container): number {
  return check?.startPeriodMs ?? 0;
}

/** What is so with a container that is not ready although its time is up. */
export function lateWords(container: Container, timeoutMs: number, ends: Ends): Phrase {
  const name = code(container.name);
  const waited = waitedWords(container, timeoutMs);
  if (ends === 'must') return phrase`${name} has not ended (${waited})`;
  if (isStarting(container)) return phrase`${name} is still starting (${waited}${healthWords(container)})`;
  const what = container.health === 'none' ? 'did not stay up' : 'never became healthy';
  return phrase`${name} ${what} (${waited}${healthWords(container)})`;
}

/** `waited 15 s`, or with a start period `waited 1 min of start period and 15 s`. */
function waitedWords(container: Container, timeoutMs: number): string {
  const startMs = startPeriodOf(container);
  const timeout = formatDuration(timeoutMs);
  return startMs === 0
    ? `waited ${timeout}`
    : `waited for the start period of ${formatDuration(startMs)} and ${timeout} more`;
}

/** What the health check said, as `: "connection refused"`; empty when it said nothing. */
export function healthWords({ healthOutput }: Container): Phrase {
  const words = lastLine(healthOutput);
  return words === '' ? [] : phrase`: ${code(words)}`;
}
