import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalEntry, RunContext } from '../../core/executor.js';
import type { Host } from '../../core/host.js';
import type { PlexFields } from '../../core/intent/fields.js';
import { code, phrase } from '../../core/phrase.js';
import { type Container, inspectContainer, whyFailed } from '../docker/container.js';
import { execPatiently } from '../docker/patient.js';
import type { Hold, PlexData } from '../plex/data.js';
import { type Failure, failure, storeFailed } from '../shared/failure.js';
import type { QuiesceTimes } from './times.js';

/** Journaled before the container is touched, when it is stopped or paused, and when it is back. */
export const HELD = 'container_held';
export const SETTLED = 'container_settled';
export const RELEASED = 'container_released';

/** How a container is put back as it was. */
export type Held = {
  readonly id: string;
  readonly name: string;
  readonly hold: 'stop' | 'pause';
  /** When it was touched: milliseconds since 1970. */
  readonly at: number;
  readonly stopSeconds: number;
};

/** What runs is held; what does not run stays as it is. */
export function holdOf({ consistency }: Pick<PlexFields, 'consistency'>, container: Container | null): Hold {
  return container?.status === 'running' ? consistency : 'none';
}

export function holdCommand({
  container,
  hold,
  stopSeconds,
}: Pick<PlexData, 'container' | 'hold' | 'stopSeconds'>): string[] {
  return hold === 'stop'
    ? ['docker', 'stop', '-t', String(stopSeconds), container]
    : ['docker', 'pause', container];
}

/** What docker gets to start a container once somebody waits for the stop, in ms. */
const AFTER_STOP_MS = 10_000;
/** So often a docker that says nothing is asked again then. */
const SILENT_LOOKS = 2;

/** Commands on the container go on when the run is stopped; the engine itself may take the whole grace. */
function uninterruptible(stopSeconds: number) {
  return { uninterruptible: true, timeoutMs: graceMs(stopSeconds) + 60_000 } as const;
}

/** By then the engine has surely done what it was asked to. */
function graceMs(stopSeconds: number): number {
  return stopSeconds * 1000 + 5000;
}

export function releaseCommand({ name, hold }: Pick<Held, 'name' | 'hold'>): string[] {
  return ['docker', hold === 'stop' ? 'start' : 'unpause', name];
}

/** The container must run as the preview said; else nothing is done to it. */
export async function refuseChanged(
  data: PlexData,
  held: Held,
  { host }: RunContext,
): Promise<Failure | null> {
  const now = await inspectContainer(host, held.id);
  if (now.state === 'failed') return dockerFailed(data, now.why);
  return now.state === 'missing' || now.value.status !== 'running' ? changed(data) : null;
}

/** Stops or pauses the container. Once this was called, {@link release} must be, however it ended. */
export async function holdContainer(
  data: PlexData,
  held: Held,
  ctx: RunContext,
  times: QuiesceTimes,
): Promise<Failure | null> {
  try {
    await ctx.journal(HELD, held);
  } catch (error) {
    return storeFailed(error);
  }
  const { stopSeconds } = data;
  const on = { filter: `container=${held.id}`, stopSeconds };
  const result = await execPatiently(ctx, holdCommand(data), uninterruptible(stopSeconds), on);
  // The engine goes on stopping it when the command itself was killed, but not where it was given up.
  if (await settles(ctx.host, held, times, result.exitCode === null && !result.stopped)) {
    await ctx.note(SETTLED, null);
    return null;
  }
  return dockerFailed(data, result.ok ? 'it goes on running' : whyFailed(result));
}

/**
 * Is the container stopped (or paused) now? With `wait`, also by the time that the engine has surely done
 * what it was asked to.
 */
async function settles(host: Host, held: Held, times: QuiesceTimes, wait: boolean): Promise<boolean> {
  const deadline = wait && held.hold === 'stop' ? held.at + graceMs(held.stopSeconds) : 0;
  for (;;) {
    const now = await inspectContainer(host, held.id);
    if (now.state === 'found' && (held.hold === 'stop' ? isStopped : isPaused)(now.value)) return true;
    if (now.state === 'missing' || Date.now() > deadline) return false;
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
  if (!journal.some(({ kind }) => kind === SETTLED)) await settles(host, held, times, true);
}

function isStopped({ status }: Container): boolean {
  return status === 'exited' || status === 'dead';
}

function isPaused({ status }: Container): boolean {
  return status === 'paused';
}

function changed({ container }: PlexData): Failure {
  return failure(
    'container_unsettled',
    phrase`${code(container)} does not run any more as the preview said.`,
    phrase`Run it again; the new preview shows what is so now.`,
  );
}

function dockerFailed({ container, hold }: PlexData, why: string): Failure {
  const verb = hold === 'stop' ? 'stopped' : 'paused';
  return failure('command_failed', phrase`${code(container)} could not be ${verb}: ${code(why)}.`);
}

/** What became of putting the container back. */
export type Released =
  | { readonly ok: true; readonly health: 'none' | 'healthy' | 'waiting'; readonly touched: boolean }
  | {
      readonly ok: false;
      readonly why: string /** Docker did not say how it is. */;
      readonly unseen: boolean;
    };

/**
 * Puts the container back as it was, tries again while Docker does not answer, and looks whether it stays up.
 * @param waitForHealth false: running is enough
 * @param onBack called when it runs again, before its health is waited for
 * @param signal the run's: a docker that says nothing is not waited for that long once it is aborted
 */
export async function release(
  host: Host,
  held: Held,
  times: QuiesceTimes,
  waitForHealth: boolean,
  onBack: () => void = () => {},
  signal?: AbortSignal,
): Promise<Released> {
  const deadline = Date.now() + times.putBackMs;
  let touched = false;
  let silent = 0;
  for (;;) {
    const attempt = await putBack(host, held);
    touched ||= attempt.touched;
    if (attempt.why === null) break;
    silent += attempt.isSilent ? 1 : 0;
    const isGivenUp = Date.now() > deadline || (signal?.aborted === true && silent >= SILENT_LOOKS);
    if (attempt.final || isGivenUp) return { ok: false, why: attempt.why, unseen: attempt.unseen };
    await sleep(times.retryMs);
  }
  onBack();
  const up = await staysUp(host, held, times, touched && waitForHealth, signal);
  return up.ok ? { ...up, touched } : up;
}

interface Attempt {
  /** Null: it is as it was. */
  readonly why: string | null;
  /** Trying again makes no sense. */
  readonly final: boolean;
  readonly touched: boolean;
  readonly unseen: boolean;
  /** Docker said nothing until its deadline. */
  readonly isSilent?: boolean;
}

async function putBack(host: Host, held: Held): Promise<Attempt> {
  const now = await inspectContainer(host, held.id);
  if (now.state === 'missing')
    return { why: 'it is no longer there', final: true, touched: false, unseen: false };
  if (now.state === 'failed')
    return { why: now.why, final: false, touched: false, unseen: true, isSilent: now.isSilent === true };
  const away = held.hold === 'stop' ? now.value.status !== 'running' : isPaused(now.value);
  if (!away) return { why: null, final: true, touched: false, unseen: false };
  // By id: somebody may have made another container of this name.
  const command = releaseCommand({ ...held, name: held.id });
  const options = { ...uninterruptible(held.stopSeconds), afterStopMs: AFTER_STOP_MS };
  const result = await host.exec(command, options);
  const why = result.ok ? null : whyFailed(result);
  return { why, final: false, touched: true, unseen: false, isSilent: result.timedOut };
}

async function staysUp(
  host: Host,
  held: Held,
  times: QuiesceTimes,
  wait: boolean,
  signal?: AbortSignal,
): Promise<
  { ok: true; health: 'none' | 'healthy' | 'waiting' } | { ok: false; why: string; unseen: boolean }
> {
  const began = Date.now();
  for (;;) {
    const now = await inspectContainer(host, held.id);
    if (now.state === 'missing') return { ok: false, why: 'it is no longer there', unseen: false };
    if (now.state === 'failed' && now.isSilent && signal?.aborted) {
      return { ok: false, why: now.why, unseen: true };
    }
    if (now.state === 'found') {
      const { status, health, exitCode } = now.value;
      if (isStopped(now.value))
        return { ok: false, why: `it ended again at once, with exit code ${exitCode}`, unseen: false };
      if (status === 'running' && health === 'healthy') return { ok: true, health };
      if (!wait && status === 'running') return { ok: true, health: health === 'none' ? 'none' : 'waiting' };
      if (health === 'none' && status === 'running' && Date.now() - began >= times.stableMs) {
        return { ok: true, health: 'none' };
      }
    }
    if (Date.now() - began > times.healthMs) {
      return now.state === 'failed'
        ? { ok: false, why: now.why, unseen: true }
        : { ok: true, health: 'waiting' };
    }
    await sleep(times.pollMs);
  }
}

/** The container that a dead run had touched and not put back; null when there is none. */
export function heldOf(journal: readonly JournalEntry[]): Held | null {
  const held = journal.findLast(({ kind }) => kind === HELD);
  if (!held || journal.some(({ kind }) => kind === RELEASED)) return null;
  return held.data as Held;
}
