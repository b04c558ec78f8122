import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { plain } from '../../../src/core/model/phrase.js';
import { isFinal, type Run } from '../../../src/core/model/run.js';
import { ROOT } from '../../support/root.js';
import type { ChildTask } from './child.js';
import { type Fault, isKill, type Recording } from './fault.js';
import { INTENT, type Opened, open, type Place } from './open.js';
import type { End, World } from './under-test.js';
import { walk } from './walk.js';

/** How long what was told to end may still take, in ms. */
const SETTLE_MS = 3000;
/** How long an end that was kept in memory may take to be stored, in ms. */
const STORED_MS = 10_000;
const CHILD = join(ROOT, 'dist/tests/contracts/executor/child.js');

export interface Round {
  readonly violations: readonly string[];
  readonly recording: Recording;
  /** How the run ended: `failed copy_failed`. */
  readonly end: string;
}

/** One run with one fault in it, and everything that is looked at afterwards. */
export async function round(
  world: World,
  place: Place,
  fault: Fault,
  more: { readonly daysAgo?: number } = {},
): Promise<Round> {
  if (!isKill(fault)) {
    const opened = await open(place, fault, more);
    return closing(opened, async () => {
      const walked = await walk(opened, () => world.look(null));
      return judge(world, opened, walked.run, walked.violations);
    });
  }
  await runChild({ place, fault });
  const opened = await open(place, { on: 'nothing' }, more);
  return closing(opened, async () => {
    await opened.app.ownership.recoverDead();
    const [summary] = await opened.app.store.runs.list({ intent: INTENT, limit: 1 });
    const run = summary ? await opened.app.store.runs.get(summary.id) : null;
    return judge(world, opened, run, []);
  });
}

async function closing(opened: Opened, work: () => Promise<Round>): Promise<Round> {
  try {
    return await work();
  } finally {
    opened.injector.heal();
    await opened.app.pipeline.shutdown(0);
    await opened.app.close();
  }
}

async function judge(
  world: World,
  { app, injector, errors }: Opened,
  seen: Run | null,
  soFar: readonly string[],
): Promise<Round> {
  const violations = [...soFar];
  const run = seen && (await stored(app, seen));
  const outcome = run?.outcome ?? null;
  if (run && !isFinal(run.state) && !(isWaiting(run) && run.owner === null)) {
    violations.push(`the run is still ${run.state}; it was seen as ${seen?.state}`);
  }
  const said = JSON.stringify(outcome?.summary ?? '');
  if (outcome?.reason === 'internal_error' || /defect/.test(said)) {
    violations.push(
      `a fault from outside is called a defect: ${outcome?.reason} ${said} ${errors.join('; ')}`,
    );
  }
  const leases = (await app.store.leases.list()).filter(({ runId }) => runId === run?.id);
  if (leases.length > 0) violations.push(`leases are held: ${leases.map(({ key }) => key).join(', ')}`);
  const left = run ? await leftProcesses(run.id) : [];
  if (left.length > 0) violations.push(`processes are left: ${left.join('; ')}`);
  const end: End = {
    run,
    succeeded: run?.state === 'succeeded',
    said: [...(outcome?.summary ?? []), ...(outcome?.warnings ?? []).map(({ message }) => message)]
      .map(plain)
      .join(' '),
    artifacts: await app.store.artifacts.list(INTENT),
  };
  violations.push(...(await world.look(end)));
  return {
    violations,
    recording: injector.recording,
    end: run ? `${run.state} ${outcome?.reason ?? ''}` : 'not recorded',
  };
}

/** The run as the store has it once it has taken its end; an end waits for the store and not the other way round. */
async function stored(app: Opened['app'], seen: Run): Promise<Run> {
  for (const until = Date.now() + STORED_MS; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const run = (await app.store.runs.get(seen.id)) ?? seen;
    const leases = (await app.store.leases.list()).filter(({ runId }) => runId === seen.id);
    if ((run.state === seen.state && leases.length === 0) || Date.now() > until) return run;
  }
}

/** Killed before anybody had confirmed it. */
function isWaiting({ state }: Run): boolean {
  return state === 'awaiting' || state === 'planned';
}

async function leftProcesses(runId: string): Promise<readonly string[]> {
  for (const until = Date.now() + SETTLE_MS; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const left = processesOf(runId);
    if (left.length === 0 || Date.now() > until) return left;
  }
}

/** Command lines of the processes that carry the run's mark. */
function processesOf(runId: string): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`CHATOPS_RUN=${runId}\0`)) return [];
      return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
    } catch {
      return [];
    }
  });
}

/** Resolves when it is dead, by its own hand or at the run's end. */
async function runChild(task: ChildTask): Promise<void> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(task)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 90_000);
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  clearTimeout(timer);
  if (code !== null && code !== 0) throw new Error(`the child process failed with ${code}:\n${text}`);
}
