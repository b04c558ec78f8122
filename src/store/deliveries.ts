import type { DeliveryStore } from '../core/ports/store.js';
import type { Database } from './sqlite-database.js';

export function deliveryStore(database: Database): DeliveryStore {
  return {
    claim: (keys, at) =>
      database.write((sql) => {
        const known = keys.some((key) => sql.get('SELECT 1 FROM webhook_deliveries WHERE key = ?', key));
        if (known) return false;
        for (const key of new Set(keys))
          sql.run('INSERT INTO webhook_deliveries (key, at) VALUES (?, ?)', key, at);
        return true;
      }),
  };
}
