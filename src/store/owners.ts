import type { Owner, OwnerStore } from '../core/ports/store.js';
import type { Database } from './sqlite-database.js';

const BEAT = `
  INSERT INTO owners (id, machine, pid, start_time, heartbeat_at) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET machine = excluded.machine, pid = excluded.pid,
    start_time = excluded.start_time, heartbeat_at = excluded.heartbeat_at`;
export const LIST =
  'SELECT id, machine, pid, start_time AS startTime, heartbeat_at AS heartbeatAt FROM owners ORDER BY id';

export function ownerStore(database: Database): OwnerStore {
  return {
    async beat({ id, machine, pid, startTime, heartbeatAt }) {
      await database.write((sql) => sql.run(BEAT, id, machine, pid, startTime, heartbeatAt));
    },
    async remove(id) {
      await database.write((sql) => sql.run('DELETE FROM owners WHERE id = ?', id));
    },
    list: () => database.read((sql) => sql.all<Owner>(LIST)),
  };
}
