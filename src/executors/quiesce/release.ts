import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../../core/ports/host.js';
import { type Inspected, inspectContainer, whyFailed } from '../docker/container.js';
import { isPaused, isStopped, uninterruptible } from './hold.js';
import type { Held } from './journal.js';
import type { QuiesceTimes } from './times.js';

/** What docker gets to start a container once somebody waits for the stop, in ms. */
const AFTER_STOP_MS = 10_000;
/** So often a docker that says nothing is asked again then. */
const SILENT_LOOKS = 2;

export function releaseCommand(hold: Held['hold'], name: string): string[] {
  return ['docker', hold === 'stop' ? 'start' : 'unpause', name];
}

/** What became of putting the container back. */
export type Released =
  | {
      readonly ok: true;
      readonly health: 'none' | 'healthy' | 'waiting';
      /** It was found stopped or paused. */
      readonly touched: boolean;
    }
  | {
      readonly ok: false;
      readonly why: string;
      /** Docker did not say how it is. */
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
  let id = held.id;
  for (;;) {
    const attempt = await putBack(host, held);
    touched ||= attempt.touched;
    if (attempt.why === null) {
      id = attempt.successor ?? id;
      break;
    }
    silent += attempt.isSilent ? 1 : 0;
    const isGivenUp = Date.now() > deadline || (signal?.aborted === true && silent >= SILENT_LOOKS);
    if (attempt.final || isGivenUp) return { ok: false, why: attempt.why, unseen: attempt.unseen };
    await sleep(times.retryMs);
  }
  onBack();
  const up = await staysUp(host, id, times, touched && waitForHealth, signal);
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
  /** Another container has its name now and runs in its place. */
  readonly successor?: string;
}

const QUIET = { final: true, touched: false, unseen: false } as const;

async function putBack(host: Host, held: Held): Promise<Attempt> {
  const now = await inspectContainer(host, held.id);
  if (now.state === 'missing') return replaced(host, held);
  if (now.state === 'failed') return unseen(now);
  const away = held.hold === 'stop' ? now.value.status !== 'running' : isPaused(now.value);
  if (!away) return { ...QUIET, why: null };
  // By id: somebody may have made another container of this name.
  const options = { ...uninterruptible(held.stopSeconds), afterStopMs: AFTER_STOP_MS };
  const result = await host.exec(releaseCommand(held.hold, held.id), options);
  const why = result.ok ? null : whyFailed(result);
  return { why, final: false, touched: true, unseen: false, isSilent: result.timedOut };
}

function unseen({ why, isSilent }: Extract<Inspected<never>, { state: 'failed' }>): Attempt {
  return { why, final: false, touched: false, unseen: true, isSilent: isSilent === true };
}

/** Somebody removed it: is another one of its name up instead? */
async function replaced(host: Host, { id, name }: Held): Promise<Attempt> {
  const now = await inspectContainer(host, name);
  if (now.state === 'failed') return unseen(now);
  if (now.state === 'found' && now.value.id !== id && now.value.status === 'running')
    return { ...QUIET, why: null, successor: now.value.id };
  return { ...QUIET, why: 'it is no longer there' };
}

async function staysUp(
  host: Host,
  id: string,
  times: QuiesceTimes,
  wait: boolean,
  signal?: AbortSignal,
): Promise<
  { ok: true; health: 'none' | 'healthy' | 'waiting' } | { ok: false; why: string; unseen: boolean }
> {
  const began = Date.now();
  for (;;) {
    const now = await inspectContainer(host, id);
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
