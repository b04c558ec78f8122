import type { AuditEntry } from '../core/model/audit.js';
import type { AuditTrail } from './audit-trail.js';
import type { Sql } from './sql.js';
import type { Database } from './sqlite-database.js';

/** Makes a change together with its audit row, in one transaction; false and no row when it does not apply. */
export function auditedWrite(database: Database, trail: AuditTrail) {
  return async (entry: AuditEntry, change: (sql: Sql) => boolean): Promise<boolean> => {
    const done = await database.write((sql) => {
      const changed = change(sql);
      if (changed) trail.chain(sql, entry);
      return changed;
    });
    if (done) await trail.seal();
    return done;
  };
}
