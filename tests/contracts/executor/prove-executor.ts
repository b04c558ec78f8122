import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allFaults, type Fault, faultText, type Recording } from './fault.js';
import { INTENT, type Place } from './open.js';
import { round } from './round.js';
import type { ExecutorUnderTest, World } from './under-test.js';

export interface ProveOptions {
  /** Which faults, and in which order; all of them unless said. */
  readonly choose?: (faults: readonly Fault[]) => readonly Fault[];
  readonly log?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface Verdict {
  readonly executor: string;
  /** How many faults a clean run can have. */
  readonly possible: number;
  /** How many were injected. */
  readonly injected: number;
  /** With the fault before each. */
  readonly violations: readonly string[];
}

/** A world with its past, in which one round after the other begins from the same state. */
export interface Prepared {
  /** What a clean round did. */
  readonly recording: Recording;
  /** Every fault that can be injected into it. */
  readonly faults: readonly Fault[];
  /**
   * One run with this fault in it.
   * @param planted the name of a defect that is in what runs
   * @returns what is wrong afterwards, with the fault before each
   */
  violations(fault: Fault, planted?: string): Promise<readonly string[]>;
  end(): Promise<void>;
}

/**
 * The contract of executors, through the real pipeline, store and host: each host call and each journal row of a run
 * fails, hangs, is stopped at, and is the last one before SIGKILL; after each, the world itself is looked at. Nothing is
 * half-done, what ran before runs again, the outcome is true, the leases are free, and no process is left.
 */
export async function proveExecutor(
  subject: ExecutorUnderTest,
  options: ProveOptions = {},
): Promise<Verdict> {
  const { log = () => {}, choose = (faults) => faults, signal } = options;
  const prepared = await prepare(subject);
  const { faults, recording } = prepared;
  const violations: string[] = [];
  let injected = 0;
  try {
    log(`${subject.name}: ${counts(recording)}, ${faults.length} faults`);
    for (const fault of choose(faults)) {
      if (signal?.aborted) break;
      injected += 1;
      for (const violation of await prepared.violations(fault)) {
        violations.push(violation);
        log(`${subject.name}: VIOLATION: ${violation}`);
      }
    }
    return { executor: subject.name, possible: faults.length, injected, violations };
  } finally {
    await prepared.end();
  }
}

/** @throws where a clean run does not succeed */
export async function prepare(subject: ExecutorUnderTest): Promise<Prepared> {
  const dir = mkdtempSync(join(tmpdir(), 'chatops-test-contract-'));
  const world = await subject.create(dir);
  const place = { dir, env: world.env ?? {} };
  const end = async (): Promise<void> => {
    await world.clean();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const again = await past(world, place);
    await again();
    const clean = await round(world, place, { on: 'nothing' });
    if (!clean.end.startsWith('succeeded') || clean.violations.length > 0) {
      throw new Error(`a clean run does not succeed: ${clean.end}\n${clean.violations.join('\n')}`);
    }
    const { recording } = clean;
    const violations: Prepared['violations'] = async (fault, planted) => {
      await again();
      const found = await round(world, { ...place, planted }, fault);
      return found.violations.map((what) => `${faultText(fault, recording)}: ${what} [${found.end}]`);
    };
    return { recording, faults: allFaults(recording), violations, end };
  } catch (error) {
    await end();
    throw error;
  }
}

function counts({ calls, rows }: Recording): string {
  return `${calls.length} calls, ${rows.length} journal rows`;
}

/** Makes the world's history, and gives what makes everything as it is then. */
async function past(world: World, place: Place): Promise<() => Promise<void>> {
  const { dir } = place;
  mkdirSync(join(dir, 'intents'));
  writeFileSync(join(dir, 'intents', `${INTENT}.yaml`), world.intent);
  await world.reset();
  for (const [index, daysAgo] of (world.history ?? []).entries()) {
    if (index > 0) await world.reset();
    const made = await round(world, place, { on: 'nothing' }, { daysAgo });
    if (!made.end.startsWith('succeeded')) throw new Error(`the history could not be made: ${made.end}`);
  }
  await world.change?.();
  const kept = ['data', ...world.kept];
  for (const name of kept) {
    mkdirSync(join(dir, name), { recursive: true });
    cpSync(join(dir, name), join(dir, 'before', name), { recursive: true, preserveTimestamps: true });
  }
  return async () => {
    for (const name of kept) {
      rmSync(join(dir, name), { recursive: true, force: true });
      cpSync(join(dir, 'before', name), join(dir, name), { recursive: true, preserveTimestamps: true });
    }
    await world.reset();
  };
}
