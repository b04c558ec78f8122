import type { Actor } from '../../../src/core/model/request.js';
import { isFinal, type Run } from '../../../src/core/model/run.js';
import { INTENT, type Opened } from './open.js';

const OPERATOR: Actor = { kind: 'operator', id: 'ada', name: 'ada' };

/** How long a run may take until it has ended, in ms. */
const PATIENCE_MS = 60_000;
/** So long nothing happens any more once the ways back are done, in ms. */
const QUIET_MS = 700;

export interface Walked {
  /** As it was when it ended; as it was last seen when it didn't. */
  readonly run: Run | null;
  /** What broke the promises of the way itself. */
  readonly violations: readonly string[];
}

/**
 * Asks for the intent and confirms it, as a person does, until the run has ended. `whileDown` is called once when the
 * store can't be written and everything else has come to rest; then the store can be written again.
 */
export async function walk(
  { app, injector }: Opened,
  whileDown: () => Promise<readonly string[]> = async () => [],
): Promise<Walked> {
  const { pipeline } = app;
  const request = { intent: INTENT, params: {}, actor: OPERATOR, source: 'cli', dryRun: false } as const;
  const admission = await pipeline.admit(request);
  if (!admission.ok) return { run: null, violations: [`it was not admitted: ${admission.notice.code}`] };
  const prepared = await inTime(pipeline.prepare(admission.ticket));
  if (prepared === null) return { run: null, violations: ['planning never ended'] };
  if (isFinal(prepared.state)) return { run: prepared, violations: [] };

  injector.phase = 'run';
  injector.stop = async () => void (await pipeline.stop(prepared.id, OPERATOR));
  const decision = await pipeline.decide(prepared.id, OPERATOR, 'confirm');
  if (!decision.ok) return { run: prepared, violations: [`it was refused: ${decision.notice.code}`] };
  let ended: Run | null = null;
  const done = decision.done.then((run) => {
    ended = run;
    return run;
  });
  const violations: string[] = [];
  const deadline = Date.now() + PATIENCE_MS;
  while (ended === null && !injector.storeIsDown && Date.now() < deadline) await pause(20);
  if (injector.storeIsDown) {
    while (!injector.isQuiet(QUIET_MS) && Date.now() < deadline) await pause(20);
    violations.push(...(await whileDown()).map((what) => `while the store was down: ${what}`));
    injector.heal();
  }
  const run = await inTime(done);
  if (run === null) return { run: decision.run, violations: [...violations, 'the run never ended'] };
  return { run, violations };
}

async function inTime<T>(work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
