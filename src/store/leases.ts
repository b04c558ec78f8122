import { overlaps } from '../core/ports/leases.js';
import type { Lease, LeaseStore } from '../core/ports/store.js';
import { parseJson } from './json.js';
import type { Sql } from './sql.js';
import type { Database } from './sqlite-database.js';

const LEASES = 'SELECT key, run_id AS runId, owner, since FROM leases ORDER BY since, key';
const ADD = 'INSERT INTO leases (key, run_id, owner, since) VALUES (?, ?, ?, ?)';

export function leaseStore(database: Database): LeaseStore {
  return {
    acquire(runId, owner, keys, at) {
      return database.write((sql) => {
        const leases = sql.all<Lease>(LEASES);
        const held = new Set(leases.filter((lease) => lease.runId === runId).map(({ key }) => key));
        const missing = [...new Set(keys)].filter((key) => !held.has(key));
        const holders = leases
          .filter((lease) => lease.runId !== runId && touch([lease.key], missing))
          .map((lease) => lease.runId);
        const waiting = queuedBefore(sql, runId, at)
          .filter(({ touches }) => touch(touches, missing))
          .map(({ id }) => id);
        const inTheWay = [...new Set([...holders, ...waiting])];
        if (inTheWay.length > 0) return inTheWay;
        for (const key of missing) sql.run(ADD, key, runId, owner, at);
        sql.run('UPDATE leases SET owner = ? WHERE run_id = ? AND owner <> ?', owner, runId, owner);
        return [];
      });
    },

    async release(runId) {
      await database.write((sql) => sql.run('DELETE FROM leases WHERE run_id = ?', runId));
    },

    list: () => database.read((sql) => sql.all<Lease>(LEASES)),
  };
}

interface Waiting {
  readonly id: string;
  readonly touches: readonly string[];
}

/** The other queued runs that were there first: by time of queueing, then in the order of recording. */
function queuedBefore(sql: Sql, runId: string, at: string): Waiting[] {
  const own = sql.get<{ seq: number; queued_at: string | null }>(
    'SELECT seq, queued_at FROM runs WHERE id = ?',
    runId,
  );
  const since = own?.queued_at ?? at;
  const rows = sql.all<{ id: string; touches: string }>(
    `SELECT id, touches FROM runs
      WHERE state = 'queued' AND id <> ? AND (queued_at < ? OR (queued_at = ? AND seq < ?))
      ORDER BY queued_at, seq`,
    runId,
    since,
    since,
    own?.seq ?? Number.MAX_SAFE_INTEGER,
  );
  return rows.map(({ id, touches }) => ({ id, touches: parseJson(touches, `Run ${id} in the database`) }));
}

function touch(some: readonly string[], others: readonly string[]): boolean {
  return some.some((a) => others.some((b) => overlaps(a, b)));
}
