import type { App } from '../../src/app.js';
import type { Actor } from '../../src/core/model/request.js';

/** A backup that succeeded. */
export interface TimedRun {
  /** Until the archive is written; and, once the container runs again, until it has been checked and hashed. */
  readonly archiveMs: number;
  readonly checkMs: number;
  readonly archiveBytes: number;
}

const BENCH: Actor = { kind: 'operator', id: 'bench', name: 'bench' };

/** Plex's steps while its container runs: stop, copy, start, check. */
const COPY = 1;
const CHECK = 3;

/**
 * Sends a backup of a container through the whole pipeline, as the command line does, and times its steps.
 * Rejects unless it succeeds.
 */
export async function timedRun({ pipeline, store }: App, intent: string): Promise<TimedRun> {
  const admission = await pipeline.admit({ intent, params: {}, dryRun: false, actor: BENCH, source: 'cli' });
  if (!admission.ok) throw new Error(JSON.stringify(admission.notice));
  const { id } = await pipeline.prepare(admission.ticket);
  const began: number[] = [];
  const took: number[] = [];
  const unsubscribe = pipeline.events.subscribe((event) => {
    if (event.type !== 'step' || event.runId !== id) return;
    if (event.state === 'running') began[event.step] = performance.now();
    else took[event.step] = performance.now() - (began[event.step] ?? Number.NaN);
  });
  try {
    const decision = await pipeline.decide(id, BENCH, 'confirm');
    if (!decision.ok) throw new Error(JSON.stringify(decision.notice));
    const { state, outcome } = await decision.done;
    if (state !== 'succeeded') throw new Error(JSON.stringify(outcome));
  } finally {
    unsubscribe();
  }
  const { [COPY]: archiveMs = Number.NaN, [CHECK]: checkMs = Number.NaN } = took;
  const artifact = (await store.artifacts.list(intent)).at(-1);
  return { archiveMs, checkMs, archiveBytes: artifact?.size ?? Number.NaN };
}
