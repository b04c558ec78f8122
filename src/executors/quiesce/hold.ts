import { setTimeout as sleep } from 'node:timers/promises';
import { code, phrase } from '../../core/model/phrase.js';
import type { JournalEntry, RunContext } from '../../core/ports/executor.js';
import type { Host } from '../../core/ports/host.js';
import { type Container, inspectContainer, whyFailed } from '../docker/container.js';
import { execPatiently } from '../docker/patient.js';
import { type Failure, failure, storeFailed } from '../shared/failure.js';
import type { Quiesce } from './data.js';
import { type Held, isOf, SETTLED } from './journal.js';
import type { QuiesceTimes } from './times.js';

export function holdCommand(
  { hold, stopSeconds }: Pick<Held, 'hold' | 'stopSeconds'>,
  name: string,
): string[] {
  return hold === 'stop' ? ['docker', 'stop', '-t', String(stopSeconds), name] : ['docker', 'pause', name];
}

/** Commands on the container go on when the run is stopped; the engine itself may take the whole grace. */
export function uninterruptible(stopSeconds: number) {
  return { uninterruptible: true, timeoutMs: graceMs(stopSeconds) + 60_000 } as const;
}

/** By then the engine has surely done what it was asked to. */
function graceMs(stopSeconds: number): number {
  return stopSeconds * 1000 + 5000;
}

/** The containers must be as the preview said; else nothing is done to any. Gives them as they are. */
export async function lookAgain(
  { containers, still, hold }: Quiesce,
  { host }: RunContext,
): Promise<{ readonly failure: Failure } | { readonly failure: null; readonly found: readonly Container[] }> {
  const found: Container[] = [];
  for (const { id, name } of [...containers, ...still]) {
    const now = await inspectContainer(host, id);
    if (now.state === 'failed') return { failure: dockerFailed({ name, hold }, now.why) };
    const running = now.state === 'found' && now.value.status === 'running';
    const wanted = containers.some((container) => container.id === id);
    if (now.state === 'missing' || running !== wanted) return { failure: changed(name, wanted) };
    found.push(now.value);
  }
  return { failure: null, found };
}

/** Stops or pauses the container. Once this was called, it must be put back, however it ended. */
export async function holdContainer(
  held: Held,
  ctx: RunContext,
  times: QuiesceTimes,
): Promise<{ readonly failure: Failure } | { readonly failure: null; readonly now: Container }> {
  const { id, stopSeconds } = held;
  const on = { filter: `container=${id}`, stopSeconds };
  const command = holdCommand(held, held.name);
  const result = await execPatiently(ctx, command, uninterruptible(stopSeconds), on);
  // The engine goes on stopping it when the command itself was killed, but not where it was given up.
  const now = await settles(ctx.host, held, times, result.exitCode === null && !result.stopped);
  if (now === null)
    return { failure: dockerFailed(held, result.ok ? 'it goes on running' : whyFailed(result)) };
  await ctx.note(SETTLED, { id: held.id });
  return { failure: null, now };
}

/** Says that it is about to be held. Null: it may be. */
export async function announce(kind: string, held: Held, ctx: RunContext): Promise<Failure | null> {
  try {
    await ctx.journal(kind, held);
    return null;
  } catch (error) {
    return storeFailed(error);
  }
}

/**
 * The container once it is stopped (or paused); null when it isn't. With `wait`, also by the time that the engine has
 * surely done what it was asked to.
 */
async function settles(
  host: Host,
  held: Held,
  times: QuiesceTimes,
  wait: boolean,
): Promise<Container | null> {
  const deadline = wait && held.hold === 'stop' ? held.at + graceMs(held.stopSeconds) : 0;
  for (;;) {
    const now = await inspectContainer(host, held.id);
    if (now.state === 'found' && (held.hold === 'stop' ? isStopped : isPaused)(now.value)) return now.value;
    if (now.state === 'missing' || Date.now() > deadline) return null;
    await sleep(times.pollMs);
  }
}

/** A stop that was asked for just before the process died is waited for: else it would come afterwards. */
export async function awaitStop(
  host: Host,
  held: Held,
  journal: readonly JournalEntry[],
  times: QuiesceTimes,
): Promise<void> {
  const settled = journal.some(({ kind, data }) => kind === SETTLED && isOf(data, held));
  if (!settled) await settles(host, held, times, true);
}

export function isStopped({ status }: Container): boolean {
  return status === 'exited' || status === 'dead';
}

export function isPaused({ status }: Container): boolean {
  return status === 'paused';
}

function changed(name: string, wanted: boolean): Failure {
  const not = wanted ? 'does not run any more' : 'is not stopped any more';
  return failure(
    'container_unsettled',
    phrase`${code(name)} ${not} as the preview said.`,
    phrase`Run it again; the new preview shows what is so now.`,
  );
}

function dockerFailed({ name, hold }: Pick<Held, 'name' | 'hold'>, why: string): Failure {
  const verb = hold === 'stop' ? 'stopped' : 'paused';
  return failure('command_failed', phrase`${code(name)} could not be ${verb}: ${code(why)}.`);
}
