import { TROUBLE } from '../core/model/incident.js';
import type { IncidentNote, IncidentStore } from '../core/ports/store.js';
import type { AuditTrail } from './audit-trail.js';
import { addEvent, raiseAlert } from './incident-events.js';
import { type EventRow, eventOf, type IncidentRow, incidentOf, seqOf } from './incident-row.js';
import { outbox } from './outbox.js';
import type { Sql } from './sql.js';
import type { Database } from './sqlite-database.js';

const KINDS = TROUBLE.map((kind) => `'${kind}'`).join(', ');
const EVENTS = 'SELECT * FROM alert_events WHERE incident = ? AND seq > ? ORDER BY seq LIMIT ?';
const TROUBLES = `SELECT * FROM alert_events WHERE incident = ? AND kind IN (${KINDS}) ORDER BY seq DESC LIMIT ?`;

const MUTES_OVER =
  "SELECT seq FROM incidents WHERE resolved_at IS NULL AND muted IS NOT NULL AND json_extract(muted, '$.until') <= ?";
const UNMUTED = {
  kind: 'unmuted',
  runId: null,
  reason: 'unmuted',
  by: null,
  text: [],
  count: 1,
  mark: null,
} as const;

export function incidentStore(database: Database, trail: AuditTrail): IncidentStore {
  return {
    ...outbox(database),

    async raise(alert) {
      await database.write((sql) => raiseAlert(sql, alert));
    },

    async get(id) {
      const select = 'SELECT * FROM incidents WHERE seq = ?';
      const row = await database.read((sql) => sql.get<IncidentRow>(select, seqOf(id)));
      return row ? incidentOf(row) : null;
    },

    async unwell() {
      const select = "SELECT * FROM incidents WHERE resolved_at IS NULL AND about != '[]' ORDER BY seq";
      return (await database.read((sql) => sql.all<IncidentRow>(select))).map(incidentOf);
    },

    async events(id, { after, limit }) {
      const rows = await database.read((sql) => sql.all<EventRow>(EVENTS, seqOf(id), after, limit));
      return rows.map(eventOf);
    },

    async troubles(id, limit) {
      const rows = await database.read((sql) => sql.all<EventRow>(TROUBLES, seqOf(id), limit));
      return rows.map(eventOf);
    },

    async endMutes(at) {
      const over = (sql: Sql) => sql.all<{ seq: number }>(MUTES_OVER, at);
      if ((await database.read(over)).length === 0) return 0;
      return database.write((sql) => {
        const rows = over(sql);
        for (const { seq } of rows) {
          sql.run('UPDATE incidents SET muted = NULL WHERE seq = ?', seq);
          addEvent(sql, seq, { ...UNMUTED, at });
        }
        return rows.length;
      });
    },

    async note(id, note, audit) {
      const done = await database.write((sql) => {
        if (!noteOpen(sql, seqOf(id), note)) return false;
        trail.chain(sql, audit);
        return true;
      });
      if (done) await trail.seal();
      return done;
    },
  };
}

function noteOpen(sql: Sql, seq: number, { event, until }: IncidentNote): boolean {
  const { kind, by, at } = event;
  const change = {
    acknowledged: ['acknowledged = ?', JSON.stringify({ by, at })],
    muted: ['muted = ?', JSON.stringify({ by, until: until ?? at })],
    resolved: [
      "resolved_at = json_extract(?1, '$.at'), resolved_by = json_extract(?1, '$.by')",
      JSON.stringify({ by, at }),
    ],
  } as const;
  const [assignment, value] = change[kind];
  const update = `UPDATE incidents SET ${assignment} WHERE seq = ${seq} AND resolved_at IS NULL`;
  if (sql.run(update, value) === 0) return false;
  addEvent(sql, seq, event);
  return true;
}
