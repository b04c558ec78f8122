import { type Circuit, CircuitOpenError, type Circuits, type Pass } from '../core/ports/circuit.js';
import type { KeptCircuit } from '../core/ports/store.js';

/** Failures in a row after which a target isn't asked any more. */
const MOST_FAILURES = 3;
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 300_000;
/** Pauses differ by up to this share, so that several bots don't come back at the same moment. */
const JITTER = 0.2;
/** Who comes while one tries waits so long for what that one finds, in ms. */
const WAIT_MS = 5000;
/** A try that never ends is forgotten after this time, in ms. */
const LONGEST_TRY_MS = 120_000;
const LONGEST_REASON = 200;

export interface CircuitOptions {
  readonly redact: (text: string) => string;
  /** Told of each change, in their order; null: the target answers again. */
  readonly onChange?: (target: string, circuit: Circuit | null) => void;
  readonly now?: () => Date;
  /** Milliseconds of a clock that nobody sets. */
  readonly elapsed?: () => number;
  /** From 0 to 1. */
  readonly random?: () => number;
}

export interface OwnCircuits extends Circuits {
  /** Takes over what another process knows; what isn't there any more is over. */
  adopt(kept: readonly KeptCircuit[]): void;
  kept(target: string): KeptCircuit | null;
}

interface Open {
  readonly circuit: Circuit;
  readonly pauses: number;
  /** When it is tried again, by {@link CircuitOptions.elapsed}. */
  until: number;
  trying: { readonly since: number; readonly over: Promise<void> } | null;
}

interface Target {
  failures: number;
  lastFailure: number;
  open: Open | null;
}

/** Circuit breakers in this process, one for each target. */
export function createCircuits(options: CircuitOptions): OwnCircuits {
  const { redact, onChange = () => {}, now = () => new Date() } = options;
  const { elapsed = () => performance.now(), random = Math.random } = options;
  const targets = new Map<string, Target>();

  const close = (name: string): void => {
    const wasOpen = targets.get(name)?.open;
    targets.delete(name);
    if (wasOpen) onChange(name, null);
  };
  const open = (name: string, target: Target, raw: string): void => {
    const pauses = target.open ? target.open.pauses + 1 : 0;
    const planned = Math.min(FIRST_PAUSE_MS * 2 ** pauses, LONGEST_PAUSE_MS);
    const pause = planned * (1 - JITTER + 2 * JITTER * random());
    const at = now();
    const circuit: Circuit = {
      target: name,
      reason: shortened(redact(raw)),
      since: target.open?.circuit.since ?? at.toISOString(),
      nextTry: new Date(at.getTime() + pause).toISOString(),
      failures: target.failures,
    };
    target.open = { circuit, pauses, until: elapsed() + pause, trying: null };
    onChange(name, circuit);
  };
  const failed = (name: string, reason: string, began: number, isTry: boolean): void => {
    const target = targets.get(name) ?? { failures: 0, lastFailure: Number.NEGATIVE_INFINITY, open: null };
    targets.set(name, target);
    // Questions that were under way together failed for one reason, and count once.
    if (!isTry && began < target.lastFailure) return;
    target.failures += 1;
    target.lastFailure = elapsed();
    if (isTry || (target.open === null && target.failures >= MOST_FAILURES)) open(name, target, reason);
  };

  const passFor = (name: string, onEnd: (() => void) | null): Pass => {
    const began = elapsed();
    let ended = false;
    const once = (work: () => void): void => {
      if (ended) return;
      ended = true;
      work();
      onEnd?.();
    };
    return {
      answered: () => once(() => close(name)),
      unanswered: (reason) => once(() => failed(name, reason, began, onEnd !== null)),
      unknown: () => once(() => {}),
    };
  };
  /** The one pass of a target whose time has come. */
  const tryOnce = (name: string, { open: state }: Target): Pass => {
    let end = (): void => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const trying = { since: elapsed(), over };
    if (state) state.trying = trying;
    return passFor(name, () => {
      if (state?.trying === trying) state.trying = null;
      end();
    });
  };

  const enter: Circuits['enter'] = async (name, { must }) => {
    const target = targets.get(name);
    if (must || !target?.open) return passFor(name, null);
    const { open: state } = target;
    if (elapsed() < state.until) throw new CircuitOpenError(state.circuit);
    if (!state.trying || elapsed() - state.trying.since > LONGEST_TRY_MS) return tryOnce(name, target);
    let timer: NodeJS.Timeout | undefined;
    const wait = new Promise((resolve) => {
      timer = setTimeout(resolve, WAIT_MS);
    });
    await Promise.race([state.trying.over, wait]);
    clearTimeout(timer);
    // It is still being tried, or found as it was: only an answer lets others through.
    if (targets.get(name)?.open)
      throw new CircuitOpenError(targets.get(name)?.open?.circuit ?? state.circuit);
    return passFor(name, null);
  };

  return {
    enter,
    list: () =>
      [...targets.values()]
        .flatMap((target) => (target.open ? [target.open.circuit] : []))
        .sort((one, other) => (one.target < other.target ? -1 : 1)),
    tryNow: (name) => {
      const target = targets.get(name);
      if (!target?.open) return null;
      const circuit = { ...target.open.circuit, nextTry: now().toISOString() };
      target.open = { ...target.open, circuit, until: elapsed() };
      onChange(name, circuit);
      return circuit;
    },
    adopt: (kept) => {
      for (const { pauses, ...circuit } of kept) {
        const known = targets.get(circuit.target)?.open;
        if (known?.circuit.nextTry === circuit.nextTry) continue;
        // A clock that was set must not make a pause longer than the longest one.
        const left = Math.min(Date.parse(circuit.nextTry) - now().getTime(), LONGEST_PAUSE_MS * (1 + JITTER));
        targets.set(circuit.target, {
          failures: circuit.failures,
          lastFailure: elapsed(),
          open: { circuit, pauses, until: elapsed() + Math.max(0, left), trying: null },
        });
      }
      const names = new Set(kept.map(({ target }) => target));
      for (const [name, { open: state }] of targets) if (state && !names.has(name)) targets.delete(name);
    },
    kept: (name) => {
      const state = targets.get(name)?.open;
      return state ? { ...state.circuit, pauses: state.pauses } : null;
    },
  };
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim() || 'no answer';
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON)}…` : line.replace(/\.$/, '');
}
