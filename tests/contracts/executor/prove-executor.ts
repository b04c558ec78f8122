import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allFaults, type Fault, faultText, type Recording } from './fault.js';
import { INTENT, type Place } from './open.js';
import { type Round, round } from './round.js';
import type { ExecutorUnderTest, World } from './under-test.js';

export interface ProveOptions {
  /** Which faults, and in which order; all of them unless said. */
  readonly choose?: (faults: readonly Fault[], recording: Recording) => readonly Fault[];
  /** The name of a defect to be found. */
  readonly planted?: string;
  /** Ends at the first violation. */
  readonly bail?: boolean;
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

/**
 * The contract of executors, through the real pipeline, store and host: each host call and each journal row of a run
 * fails, hangs, is stopped at, and is the last one before SIGKILL; after each, the world itself is looked at. Nothing is
 * half-done, what ran before runs again, the outcome is true, the leases are free, and no process is left.
 */
export async function proveExecutor(
  subject: ExecutorUnderTest,
  options: ProveOptions = {},
): Promise<Verdict> {
  const { log = () => {}, choose = (faults) => faults, planted, bail = false, signal } = options;
  const dir = mkdtempSync(join(tmpdir(), 'chatops-test-contract-'));
  const world = await subject.create(dir);
  const place = { dir, env: world.env ?? {} };
  const violations: string[] = [];
  let injected = 0;
  const note = (what: string, found: Round): void => {
    for (const violation of found.violations) {
      violations.push(`${what}: ${violation} [${found.end}]`);
      log(`${subject.name}: ${what}: VIOLATION: ${violation} [${found.end}]`);
    }
  };
  try {
    const again = await past(world, place);
    await again();
    const clean = await round(world, place, { on: 'nothing' });
    if (!clean.end.startsWith('succeeded') || clean.violations.length > 0) {
      throw new Error(`a clean run does not succeed: ${clean.end}\n${clean.violations.join('\n')}`);
    }
    const faults = allFaults(clean.recording);
    log(`${subject.name}: ${counts(clean.recording)}, ${faults.length} faults`);
    for (const fault of choose(faults, clean.recording)) {
      if (signal?.aborted || (bail && violations.length > 0)) break;
      await again();
      injected += 1;
      note(faultText(fault, clean.recording), await round(world, { ...place, planted }, fault));
    }
    return { executor: subject.name, possible: faults.length, injected, violations };
  } finally {
    await world.clean();
    rmSync(dir, { recursive: true, force: true });
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
