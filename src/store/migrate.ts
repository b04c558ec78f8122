import { StoreError } from '../core/ports/store.js';
import { MIGRATIONS } from './schema.js';
import type { Sql } from './sql.js';

/**
 * Brings the database to this version's format, forward only. Call it inside a write.
 * @returns the version that was found: 0 for a new file
 * @throws StoreError when a newer version of ChatOps has written the file; nothing is changed then
 */
export function migrate(sql: Sql, file: string, migrations: readonly string[] = MIGRATIONS): number {
  const found = sql.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
  if (found > migrations.length) {
    throw new StoreError(
      `${file}: a newer version of ChatOps wrote it (format ${found}; this version knows up to ` +
        `${migrations.length}). Nothing was changed. Start that version again, or put a backup of the data ` +
        'directory from before the update in its place.',
    );
  }
  for (const script of migrations.slice(found)) sql.script(script);
  if (found < migrations.length) sql.script(`PRAGMA user_version = ${migrations.length}`);
  return found;
}
