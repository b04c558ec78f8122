import { FINAL_STATES, isFinal, type RunPatch } from '../core/model/run.js';
import {
  DueTakenError,
  type JournalRow,
  type RunStore,
  StoreRefusal,
  type UnfinishedRun,
} from '../core/ports/store.js';
import type { AuditTrail } from './audit-trail.js';
import { auditedWrite } from './audited-write.js';
import { raiseAlert } from './incident-events.js';
import { parseJson } from './json.js';
import { listStatement } from './run-list.js';
import {
  assignmentsOfPatch,
  columnsOfRun,
  type RunRow,
  runOf,
  SUMMARY_COLUMNS,
  type SummaryRow,
  storedConsent,
  summaryOf,
} from './run-row.js';
import { tieToDue } from './schedules.js';
import type { SqlValue } from './sql.js';
import type { Database } from './sqlite-database.js';

const GET = `SELECT ${SUMMARY_COLUMNS}, progress, plan FROM runs LEFT JOIN plans ON plans.run = runs.seq WHERE id = ?`;

/** Each half goes through an index of its own, past the previews and dry runs that nobody has to carry. */
const UNFINISHED = `
  SELECT id, state, owner FROM runs WHERE seq IN (
    SELECT seq FROM runs INDEXED BY runs_by_owner
      WHERE owner IS NOT NULL AND state IN ('planned', 'queued', 'running')
    UNION ALL
    SELECT seq FROM runs INDEXED BY runs_by_state WHERE state IN ('queued', 'running') AND owner IS NULL
  ) ORDER BY seq LIMIT ?`;

export function runStore(database: Database, trail: AuditTrail): RunStore {
  const audited = auditedWrite(database, trail);
  let insertion: string | null = null;

  return {
    insert(run, audit, tie) {
      const columns = columnsOfRun(run);
      insertion ??= insertInto('runs', Object.keys(columns));
      const text = insertion;
      const values = Object.values(columns).map((value) => value ?? null);
      const plan = JSON.stringify(run.plan);
      return audited(audit, (sql) => {
        if (sql.run(text, ...values) === 0) return false;
        sql.run('INSERT INTO plans (run, plan) VALUES (last_insert_rowid(), ?)', plan);
        // Thrown, so that the run is not written either.
        if (tie && !tieToDue(sql, tie, run)) throw new DueTakenError(tie.name);
        return true;
      });
    },

    replan(id, plan, patch, audit) {
      const { columns, values } = assignmentsOfPatch(patch);
      const changes = ['touches', ...columns].map((column) => `${column} = ?`).join(', ');
      const update = `UPDATE runs SET ${changes} WHERE id = ? AND state = 'planned'`;
      return audited(audit, (sql) => {
        if (sql.run(update, JSON.stringify(plan.touches), ...values, id) === 0) return false;
        const text = JSON.stringify(plan);
        return (
          sql.run('UPDATE plans SET plan = ? WHERE run = (SELECT seq FROM runs WHERE id = ?)', text, id) > 0
        );
      });
    },

    async get(id) {
      const row = await database.read((sql) => sql.get<RunRow>(GET, id));
      return row ? runOf(row) : null;
    },

    async list(filter) {
      const { sql: text, values } = listStatement(filter);
      const rows = await database.read((sql) => sql.all<SummaryRow>(text, ...values));
      return rows.map(summaryOf);
    },

    transition(id, from, to, patch, audit, { onlyIf, alert } = {}) {
      const { columns, values } = assignmentsOfPatch(patch);
      const changes = ['state', ...columns].map((column) => `${column} = ?`).join(', ');
      const guard = onlyIf ? ' AND consent IS ?' : '';
      const update = `UPDATE runs SET ${changes} WHERE id = ? AND state = ?${guard}`;
      const guarded = onlyIf ? [storedConsent(onlyIf.consent)] : [];
      return audited(audit, (sql) => {
        if (sql.run(update, to, ...values, id, from, ...guarded) === 0) return false;
        // With the end itself: a crash right after it must not leave a hold that nobody would lift.
        if (isFinal(to)) sql.run('DELETE FROM leases WHERE run_id = ?', id);
        if (alert) raiseAlert(sql, alert);
        return true;
      });
    },

    async patch(id, patch: RunPatch) {
      const { columns, values } = assignmentsOfPatch(patch);
      if (columns.length === 0) return;
      const update = `UPDATE runs SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`;
      await writeOf(database, id, update, ...values, id);
    },

    unfinished(limit) {
      return database.read((sql) => sql.all<UnfinishedRun>(UNFINISHED, limit));
    },

    claim(id, fromOwner, toOwner) {
      const final = FINAL_STATES.map((state) => `'${state}'`).join(', ');
      const update = `UPDATE runs SET owner = ? WHERE id = ? AND owner IS ? AND state NOT IN (${final})`;
      return database.write((sql) => {
        if (sql.run(update, toOwner, id, fromOwner) === 0) return false;
        sql.run('UPDATE leases SET owner = ? WHERE run_id = ?', toOwner, id);
        return true;
      });
    },

    // As bytes: SQLite's text ends at a NUL, and output may hold one.
    async writeLog(id, text) {
      const upsert =
        'INSERT INTO logs (run, text) SELECT seq, ? FROM runs WHERE id = ? ' +
        'ON CONFLICT (run) DO UPDATE SET text = excluded.text';
      await writeOf(database, id, upsert, Buffer.from(text), id);
    },

    async readLog(id) {
      const select = 'SELECT text FROM logs JOIN runs ON logs.run = runs.seq WHERE id = ?';
      const row = await database.read((sql) => sql.get<{ text: Uint8Array }>(select, id));
      return row ? Buffer.from(row.text).toString() : '';
    },

    async appendJournal(id, part, kind, data) {
      const insert = 'INSERT INTO journal (run, part, kind, data) SELECT seq, ?, ?, ? FROM runs WHERE id = ?';
      await writeOf(database, id, insert, part, kind, JSON.stringify(data), id);
    },

    async journal(id) {
      const select =
        'SELECT part, kind, data FROM journal WHERE run = (SELECT seq FROM runs WHERE id = ?) ORDER BY seq';
      const rows = await database.read((sql) => sql.all<Stored<JournalRow, 'data'>>(select, id));
      const place = `The journal of run ${id} in the database`;
      return rows.map(({ part, kind, data }) => ({ part, kind, data: parseJson(data, place) }));
    },

    async remember(origin, facts) {
      const upsert =
        'INSERT INTO memory (origin, facts) VALUES (?, ?) ' +
        'ON CONFLICT (origin) DO UPDATE SET facts = excluded.facts';
      await database.write((sql) => sql.run(upsert, origin, JSON.stringify(facts)));
    },

    async remembered({ key, before }, legacy) {
      const select = 'SELECT facts FROM memory WHERE origin = ?';
      const earlier = 'SELECT facts FROM facts WHERE intent = ? AND part = ?';
      const row = await database.read(
        (sql) =>
          sql.get<{ facts: string }>(select, key) ??
          sql.get<{ facts: string }>(select, before) ??
          (legacy ? sql.get<{ facts: string }>(earlier, legacy.intent, legacy.part) : undefined),
      );
      return row ? parseJson(row.facts, `What was remembered of ${key} in the database`) : null;
    },
  };
}

type Stored<Row, Key extends keyof Row> = Omit<Row, Key> & { readonly [K in Key]: string };

/** One statement that changes something of a run. */
async function writeOf(database: Database, id: string, text: string, ...values: SqlValue[]): Promise<void> {
  const changed = await database.write((sql) => sql.run(text, ...values));
  if (changed === 0) throw new StoreRefusal(`There is no run ${id} in the database, so nothing was written.`);
}

function insertInto(table: string, columns: readonly string[]): string {
  const marks = columns.map(() => '?').join(', ');
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks}) ON CONFLICT (id) DO NOTHING`;
}
