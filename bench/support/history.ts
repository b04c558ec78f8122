import { join } from 'node:path';
import { headFile } from '../../src/store/audit-head.js';
import type { Sql } from '../../src/store/sql.js';
import { openDatabase } from '../../src/store/sqlite-database.js';

const LOCK_TIMEOUT_MS = 30_000;
/** The template's row, copied `count` times under other ids. */
const COUNTED = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)';

/** Nothing that is measured reads old plans, and a million of them would be gigabytes. */
const PLANS = 10_000;

/**
 * Multiplies the one run that is in the store until there are `count`, each with an audit row, the newest with
 * their plans. The new audit rows' hashes are random: a start reads only the last, which `audit.head` names.
 */
export async function multiplyRuns(dataDir: string, count: number): Promise<void> {
  const file = join(dataDir, 'chatops.db');
  const database = await openDatabase(file, LOCK_TIMEOUT_MS);
  try {
    const head = await database.write((sql) => {
      const columns = columnsOf(sql, 'runs').filter((name) => name !== 'seq' && name !== 'id');
      sql.run(
        `${COUNTED} INSERT INTO runs (id, ${columns.join(', ')})
         SELECT printf('r-%07x', i), ${columns.join(', ')} FROM n, (SELECT * FROM runs WHERE seq = 1)`,
        count - 1,
      );
      sql.run(
        'INSERT INTO plans (run, plan) SELECT seq, (SELECT plan FROM plans) FROM runs WHERE seq > max(1, ?)',
        count - PLANS,
      );
      sql.run(
        `${COUNTED} INSERT INTO audit (seq, previous_hash, hash, entry)
         SELECT last + i, lower(hex(randomblob(32))), lower(hex(randomblob(32))), entry
         FROM n, (SELECT max(seq) AS last, entry FROM audit)`,
        count - 1,
      );
      return sql.get<{ count: number; hash: string }>(
        'SELECT seq AS count, hash FROM audit ORDER BY seq DESC LIMIT 1',
      );
    });
    if (head) headFile(join(dataDir, 'audit.head'), file).write(head);
  } finally {
    await database.close();
  }
}

/** Those that can be written; SQLite leaves generated ones out here. */
function columnsOf(sql: Sql, table: string): readonly string[] {
  return sql.all<{ name: string }>(`PRAGMA table_info(${table})`).map(({ name }) => name);
}
