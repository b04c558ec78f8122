import type { Delivery, IncidentStore } from '../core/ports/store.js';
import { incidentId, seqOf } from './incident-row.js';
import { parseJson } from './json.js';
import type { Sql } from './sql.js';
import type { Database } from './sqlite-database.js';

const NOTHING: Delivery = { told: 0, shown: 0, attempt: null, place: null };

/** Incidents that concern the destination `?1`: not those that were over before it was there. */
const CONCERNED = `
  FROM destinations
  JOIN incidents ON resolved_at IS NULL OR resolved_at >= since
  LEFT JOIN deliveries ON deliveries.destination = destinations.name AND deliveries.incident = incidents.seq
  WHERE destinations.name = ?`;
const BEHIND = `(newest > coalesce(told, 0) OR newest > coalesce(shown, 0) OR coalesce(attempt, 'null') <> 'null')`;

const DUE = `SELECT incidents.seq ${CONCERNED} AND ${BEHIND} ORDER BY newest LIMIT ?`;
const PENDING = `
  SELECT coalesce(sum((
    SELECT count(*) FROM alert_events WHERE alert_events.incident = incidents.seq AND alert_events.seq > coalesce(told, 0)
  )), 0) AS pending ${CONCERNED} AND ${BEHIND}`;
const RECORD = `
  INSERT INTO deliveries (destination, incident, told, shown, attempt, place) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (destination, incident) DO UPDATE SET told = excluded.told, shown = excluded.shown,
    attempt = excluded.attempt, place = excluded.place`;

type Outbox = Pick<IncidentStore, 'enroll' | 'due' | 'pending' | 'delivery' | 'record' | 'trim'>;

/** What each destination was told of the incidents. */
export function outbox(database: Database): Outbox {
  return {
    async enroll(destination, at) {
      const insert = 'INSERT INTO destinations (name, since) VALUES (?, ?) ON CONFLICT (name) DO NOTHING';
      await database.write((sql) => sql.run(insert, destination, at));
    },

    async due(destination, limit) {
      const rows = await database.read((sql) => sql.all<{ seq: number }>(DUE, destination, limit));
      return rows.map(({ seq }) => incidentId(seq));
    },

    async pending(destination) {
      const row = await database.read((sql) => sql.get<{ pending: number }>(PENDING, destination));
      return row?.pending ?? 0;
    },

    delivery: (destination, id) => database.read((sql) => deliveryOf(sql, destination, seqOf(id))),

    async record(destination, id, change) {
      await database.write((sql) => {
        const { told, shown, attempt, place } = { ...deliveryOf(sql, destination, seqOf(id)), ...change };
        const json = [JSON.stringify(attempt), JSON.stringify(place)] as const;
        sql.run(RECORD, destination, seqOf(id), told, shown, ...json);
      });
    },

    trim(before, destinations) {
      return database.write((sql) => {
        const old = sql.all<{ seq: number }>('SELECT seq FROM incidents WHERE resolved_at < ?', before);
        const owed = new Set(
          destinations.flatMap((name) => sql.all<{ seq: number }>(DUE, name, -1).map(({ seq }) => seq)),
        );
        const done = old.filter(({ seq }) => !owed.has(seq));
        for (const { seq } of done) {
          sql.run('DELETE FROM deliveries WHERE incident = ?', seq);
          sql.run('DELETE FROM alert_events WHERE incident = ?', seq);
          sql.run('DELETE FROM incidents WHERE seq = ?', seq);
        }
        return done.length;
      });
    },
  };
}

function deliveryOf(sql: Sql, destination: string, incident: number): Delivery {
  const select = 'SELECT told, shown, attempt, place FROM deliveries WHERE destination = ? AND incident = ?';
  const row = sql.get<{ told: number; shown: number; attempt: string; place: string }>(
    select,
    destination,
    incident,
  );
  if (row === undefined) return NOTHING;
  const where = `The delivery of ${incidentId(incident)} in the database`;
  const { told, shown } = row;
  return { told, shown, attempt: parseJson(row.attempt, where), place: parseJson(row.place, where) };
}
