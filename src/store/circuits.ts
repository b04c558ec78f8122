import type { CircuitStore, KeptCircuit } from '../core/ports/store.js';
import type { Database } from './sqlite-database.js';

interface CircuitRow {
  readonly target: string;
  readonly reason: string;
  readonly since: string;
  readonly next_try: string;
  readonly failures: number;
  readonly pauses: number;
}

const PUT = `
  INSERT INTO circuits (target, reason, since, next_try, failures, pauses) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (target) DO UPDATE SET
    reason = excluded.reason, since = excluded.since, next_try = excluded.next_try,
    failures = excluded.failures, pauses = excluded.pauses`;

export function circuitStore(database: Database): CircuitStore {
  return {
    async list() {
      const rows = await database.read((sql) =>
        sql.all<CircuitRow>('SELECT * FROM circuits ORDER BY target'),
      );
      return rows.map(({ next_try, ...row }): KeptCircuit => ({ ...row, nextTry: next_try }));
    },
    async put({ target, reason, since, nextTry, failures, pauses }) {
      await database.write((sql) => sql.run(PUT, target, reason, since, nextTry, failures, pauses));
    },
    async remove(target) {
      await database.write((sql) => sql.run('DELETE FROM circuits WHERE target = ?', target));
    },
  };
}
