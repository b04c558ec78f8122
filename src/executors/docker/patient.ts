import { setTimeout as sleep } from 'node:timers/promises';
import type { Argv } from '../../core/model/plan.js';
import type { RunContext } from '../../core/ports/executor.js';
import type { ExecOptions, ExecResult, Host } from '../../core/ports/host.js';
import { inspectContainers, READ } from './container.js';

/** After a stop a command is ended when the engine does nothing for its containers for so long, in ms. */
const IDLE_MS = 2500;
const LOOK_EVERY_MS = 500;
/** The engine may begin a stop's SIGKILL a little late, in ms. */
const LATE_MS = 5000;

/** The containers that a command works on. */
export interface WorksOn {
  /** A filter of `docker events`. */
  readonly filter: string;
  /** How long the command lets them stop, where it says so; else as long as each container's own. */
  readonly stopSeconds?: number;
}

/**
 * Runs a command that changes containers. A stop doesn't end it while the engine works on them: what that was asked to
 * do goes on without the command, and nobody could say what runs then. Where nothing moves any more, the command is
 * ended within seconds.
 */
export async function execPatiently(
  { host, signal }: Pick<RunContext, 'host' | 'signal'>,
  argv: Argv,
  options: ExecOptions,
  on: WorksOn,
): Promise<ExecResult> {
  const giveUp = new AbortController();
  const look: Look = { host, on, began: performance.now(), isOver: false };
  const watch = (): void => void untilIdle(look).finally(() => giveUp.abort());
  if (signal.aborted) watch();
  else signal.addEventListener('abort', watch, { once: true });
  try {
    return await host.exec(argv, { ...options, uninterruptible: true, until: giveUp.signal });
  } finally {
    look.isOver = true;
    signal.removeEventListener('abort', watch);
  }
}

interface Look {
  readonly host: Host;
  readonly on: WorksOn;
  readonly began: number;
  isOver: boolean;
}

/** Resolves when the engine has done nothing for a while and stops nothing, or doesn't answer. Never rejects. */
async function untilIdle(look: Look): Promise<void> {
  let movedAt = performance.now();
  let last: number | null = null;
  try {
    while (!look.isOver) {
      const seen = await eventsOf(look);
      if (seen === null) return;
      const moved = last !== null && seen.length !== last;
      if (moved || (await stopsOne(look, seen))) movedAt = performance.now();
      last = seen.length;
      if (performance.now() - movedAt >= IDLE_MS) return;
      await sleep(LOOK_EVERY_MS);
    }
  } catch {
    // An engine that can't be looked at counts as one that doesn't answer.
  }
}

interface EngineEvent {
  readonly atMs: number;
  readonly action: string;
  readonly id: string;
}

/** What happened to the containers since the command began, without what is done inside them; null: no answer. */
async function eventsOf({ host, on, began }: Look): Promise<readonly EngineEvent[] | null> {
  const since = `${Math.ceil((performance.now() - began) / 1000)}s`;
  const which = ['--filter', 'type=container', '--filter', on.filter];
  const format = '{{.TimeNano}} {{.Action}} {{.ID}}';
  const argv = ['docker', 'events', '--since', since, '--until', '0s', ...which, '--format', format];
  const said = await host.exec(argv, { ...READ, timeoutMs: IDLE_MS });
  if (!said.ok) return null;
  return said.stdout.split('\n').flatMap((line) => {
    const [, nano = '', action = '', id = ''] = /^(\d+) (\w+) (\w+)$/.exec(line) ?? [];
    return id === '' || action.startsWith('exec') ? [] : [{ atMs: Number(nano) / 1e6, action, id }];
  });
}

/** Was a container asked to end that still has time for it? */
async function stopsOne({ host, on }: Look, events: readonly EngineEvent[]): Promise<boolean> {
  const asked = new Map<string, number>();
  for (const { action, id, atMs } of events) {
    if (action === 'kill' && !asked.has(id)) asked.set(id, atMs);
    if (action === 'die' || action === 'destroy') asked.delete(id);
  }
  if (asked.size === 0) return false;
  const found = await inspectContainers(host, [...asked.keys()]);
  // One of them was removed just now: the next look tells.
  if (found.state !== 'found') return found.state === 'missing';
  return found.value.some(({ id, status, stopSeconds }) => {
    const untilMs = (asked.get(id) ?? 0) + (on.stopSeconds ?? stopSeconds) * 1000 + LATE_MS;
    return status === 'running' && Date.now() < untilMs;
  });
}
