import * as z from 'zod';
import type { AuditEntry } from '../core/model/audit.js';
import type { ChainedRow, Problem } from './audit-chain.js';
import type { Sql } from './sql.js';

/** What a row of a new plan says. */
const Planned = z.object({ fingerprint: z.string(), dryRun: z.boolean() });
/** What a row of an end says. */
const Ended = z.object({ state: z.string(), reason: z.string() });

/** How a run stands in the history. */
interface Standing {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly ended: number;
  readonly dry: number;
  /** Of a dry run's plan, which is all that comes of it; null for other runs. */
  readonly fingerprint: string | null;
}

/** Events of which a run has one, with how it ended. */
const ENDS: readonly string[] = ['finished', 'rejected'];
/** Events after which an end must come. */
const ON_ITS_WAY: readonly string[] = ['awaiting', 'confirmed', 'approved', 'running'];
const STANDINGS = `
  SELECT id, state, json_extract(outcome, '$.reason') AS reason, finished_at IS NOT NULL AS ended, dry_run AS dry,
    CASE WHEN dry_run = 1 THEN json_extract(plan, '$.fingerprint') END AS fingerprint
  FROM runs LEFT JOIN plans ON plans.run = runs.seq WHERE id IN (SELECT value FROM json_each(?))`;

/** Compares how runs ended by the trail with how they ended by the history, along the trail. */
export interface OutcomeCheck {
  /** Takes the next rows. Runs that were removed are nothing. */
  compare(sql: Sql, rows: readonly ChainedRow[]): void;
  /** What the trail says otherwise than the history, and which runs ended by the history alone. */
  end(): Problem[];
}

export function outcomeCheck(): OutcomeCheck {
  /** By run, because a later run may have the id of one that was removed: only the last end of an id counts. */
  const different = new Map<string, Problem>();
  /** Runs that have ended by the history, and whose end the trail has not come to: its last row of each. */
  const awaited = new Map<string, { readonly seq: number; readonly state: string }>();
  return {
    compare(sql, rows) {
      const told = rows.flatMap((row) => entryOf(row) ?? []);
      const ids = [...new Set(told.map(({ runId }) => runId))];
      const standings = new Map(
        sql.all<Standing>(STANDINGS, JSON.stringify(ids)).map((standing) => [standing.id, standing]),
      );
      for (const { seq, event, runId, detail } of told) {
        // What was lost before somebody accepted the trail as it is was told then.
        if (event === 'audit_accepted') awaited.clear();
        const standing = runId === null ? undefined : standings.get(runId);
        if (!standing) continue;
        if (event === 'planned') {
          different.delete(standing.id);
          const edited = otherPlan(seq, detail, standing);
          if (edited !== null) different.set(standing.id, edited);
        }
        if (hasEnded(event, standing)) awaited.set(standing.id, { seq, state: standing.state });
        if (!ENDS.includes(event)) continue;
        awaited.delete(standing.id);
        const problem = difference(seq, detail, standing);
        if (problem !== null) different.set(standing.id, problem);
      }
    },
    end: () => [
      ...different.values(),
      ...[...awaited].map(([id, { seq, state }]) => ({
        seq,
        problem: `Run ${id} is ${words(state)} in the history, and the trail has no end of it.`,
      })),
    ],
  };
}

/** By the history. A dry run is over with its plan, without an end. */
function hasEnded(event: string, { state, ended, dry }: Standing): boolean {
  if (event === 'planned') return dry === 1 && state !== 'planned';
  return ON_ITS_WAY.includes(event) && ended === 1;
}

function otherPlan(
  seq: number,
  detail: AuditEntry['detail'],
  { id, dry, fingerprint }: Standing,
): Problem | null {
  const told = Planned.safeParse(detail).data;
  if (!told) return null;
  if (told.dryRun !== (dry === 1)) {
    const [trail, history] = told.dryRun ? ['a dry run', 'no dry run'] : ['no dry run', 'one'];
    return { seq, problem: `Run ${id} is ${trail} by the trail, and ${history} in the history.` };
  }
  if (!told.dryRun || told.fingerprint === fingerprint) return null;
  return { seq, problem: `The plan of the dry run ${id} in the history is not the one of the trail.` };
}

function difference(
  seq: number,
  detail: AuditEntry['detail'],
  { id, state, reason }: Standing,
): Problem | null {
  const told = Ended.safeParse(detail).data ?? { state: 'unknown', reason: 'unknown' };
  if (told.state === state && told.reason === reason) return null;
  const problem = `Run ${id} ended as ${words(told.state)} (${told.reason}) by the trail, and is ${words(state)} (${reason ?? 'no outcome'}) in the history.`;
  return { seq, problem };
}

function words(state: string): string {
  return state.replaceAll('_', ' ');
}

type Told = Pick<AuditEntry, 'event' | 'runId' | 'detail'> & { readonly seq: number };

/** Null for a row whose text was edited so that it can't be read: the chain tells of it. */
function entryOf({ seq, entry }: ChainedRow): Told | null {
  try {
    const { event, runId, detail } = JSON.parse(entry) as AuditEntry;
    return { seq, event, runId, detail };
  } catch {
    return null;
  }
}
