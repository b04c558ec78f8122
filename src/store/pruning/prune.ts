import { setTimeout as sleep } from 'node:timers/promises';
import type { PruneReport, Retention } from '../../core/model/retention.js';
import type { HeadFile } from '../audit-head.js';
import type { AuditTrail } from '../audit-trail.js';
import type { Sql } from '../sql.js';
import type { Database } from '../sqlite-database.js';
import { cutTrail, removeCutRows } from './audit.js';
import { intentsWithRuns, keptOfIncidents, keptOfIntent } from './protected.js';
import { forgetArtifacts, forgetDeliveries, forgetEvents } from './rest.js';
import { SWEEP_BEGIN, type Sweep, sweepStep } from './runs.js';

/** What everybody else has between two steps, in ms. */
const PAUSE_MS = 10;
const INTENTS_AT_ONCE = 100;

export interface PruneParts {
  readonly database: Database;
  readonly trail: AuditTrail;
  readonly head: HeadFile;
  readonly dataDir: string;
}

/** Removes what has outlived its time, in small steps with room for others in between, until nothing is left or `signal` comes. */
export async function prune(
  parts: PruneParts,
  retention: Retention,
  signal: AbortSignal,
): Promise<PruneReport> {
  const { database } = parts;
  const step = async <T>(work: (sql: Sql) => T): Promise<T> => {
    await sleep(PAUSE_MS, undefined, { signal });
    return database.write(work);
  };
  const repeat = async (work: (sql: Sql) => number): Promise<number> => {
    let sum = 0;
    for (let count = await step(work); count > 0; count = await step(work)) sum += count;
    return sum;
  };
  const sweep = async (what: Sweep['what'], limit: Omit<Sweep, 'what'>, kept: ReadonlySet<number>) => {
    let removed = 0;
    let state = SWEEP_BEGIN;
    for (;;) {
      const from = state;
      const done = await step((sql) => sweepStep(sql, { what, ...limit }, kept, from));
      if (done === null) return removed;
      removed += done.removed;
      state = done.state;
    }
  };

  const kept = await protectedRuns(database, signal);
  const previews = await sweep('previews', retention.previews, kept);
  const runs = await sweep('begun', retention.runs, kept);
  const details = await sweep('details', retention.details, kept);
  // What is not sealed yet would not be moved.
  await parts.trail.end();
  let auditRows = 0;
  for (let moved = -1; moved !== 0; auditRows += moved) {
    moved = await cutTrail(parts, retention.audit);
    await repeat(removeCutRows);
  }
  await repeat((sql) => forgetArtifacts(sql, retention.artifactsBefore));
  await repeat((sql) => forgetDeliveries(sql, retention.deliveriesBefore));
  await repeat(forgetEvents);
  return { runs, previews, details, auditRows };
}

async function protectedRuns(database: Database, signal: AbortSignal): Promise<ReadonlySet<number>> {
  const kept = new Set(await database.read(keptOfIncidents));
  const intents = await database.read(intentsWithRuns);
  for (let from = 0; from < intents.length; from += INTENTS_AT_ONCE) {
    await sleep(PAUSE_MS, undefined, { signal });
    const some = intents.slice(from, from + INTENTS_AT_ONCE);
    for (const seq of await database.read((sql) => some.flatMap((intent) => keptOfIntent(sql, intent))))
      kept.add(seq);
  }
  return kept;
}
