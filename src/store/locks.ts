import type { Lock } from '../core/model/lock.js';
import type { ActorRef } from '../core/model/request.js';
import type { LockStore } from '../core/ports/store.js';
import type { AuditTrail } from './audit-trail.js';
import { auditedWrite } from './audited-write.js';
import type { Database } from './sqlite-database.js';

interface LockRow {
  readonly stack: string;
  readonly holder_kind: ActorRef['kind'];
  readonly holder_id: string;
  readonly holder_name: string;
  readonly reason: string;
  readonly since: string;
  readonly until: string | null;
}

/** One row for each stack. A lock that has ended stays until the next one takes its place. */
const TAKE = `
  INSERT INTO locks (stack, holder_kind, holder_id, holder_name, reason, since, until) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (stack) DO UPDATE SET
    holder_kind = excluded.holder_kind, holder_id = excluded.holder_id, holder_name = excluded.holder_name,
    reason = excluded.reason, since = excluded.since, until = excluded.until
  WHERE locks.until <= ? OR (locks.holder_kind = excluded.holder_kind AND locks.holder_id = excluded.holder_id)`;
const LIFT = 'DELETE FROM locks WHERE stack = ? AND holder_kind = ? AND holder_id = ? AND since = ?';
const LIST = 'SELECT * FROM locks WHERE until IS NULL OR until > ? ORDER BY stack';

export function lockStore(database: Database, trail: AuditTrail): LockStore {
  const audited = auditedWrite(database, trail);
  return {
    take({ stack, holder, reason, since, until }, now, audit) {
      const values = [stack, holder.kind, holder.id, holder.name, reason, since, until, now];
      return audited(audit, (sql) => sql.run(TAKE, ...values) === 1);
    },
    lift({ stack, holder, since }, audit) {
      return audited(audit, (sql) => sql.run(LIFT, stack, holder.kind, holder.id, since) === 1);
    },
    async list(now) {
      const rows = await database.read((sql) => sql.all<LockRow>(LIST, now));
      return rows.map(lockOf);
    },
  };
}

function lockOf({ stack, holder_kind, holder_id, holder_name, reason, since, until }: LockRow): Lock {
  return { stack, holder: { kind: holder_kind, id: holder_id, name: holder_name }, reason, since, until };
}
