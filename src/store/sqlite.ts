import { join, resolve } from 'node:path';
import type { Store, StoreFiles } from '../core/ports/store.js';
import { artifactStore } from './artifacts.js';
import { auditStore, auditTrail } from './audit.js';
import { type HeadFile, headFile } from './audit-head.js';
import type { AuditTrail } from './audit-trail.js';
import { circuitStore } from './circuits.js';
import { prepareDataDir } from './data-dir.js';
import { deliveryStore } from './deliveries.js';
import { historyStore } from './history.js';
import { incidentStore } from './incidents.js';
import { leaseStore } from './leases.js';
import { lockStore } from './locks.js';
import { migrate } from './migrate.js';
import { ownerStore } from './owners.js';
import { prune } from './pruning/prune.js';
import { runStore } from './runs.js';
import { scheduleStore } from './schedules.js';
import { type Database, openDatabase } from './sqlite-database.js';
import { openReader } from './sqlite-reader.js';
import { storeFiles } from './store-files.js';
import { watchFiles } from './watched-files.js';

export interface SqliteStoreOptions {
  /** Holds `chatops.db` and `audit.head`; created with mode 0700. */
  readonly dataDir: string;
  /** How long an operation waits for other processes before it fails, in ms. */
  readonly lockTimeoutMs?: number;
  /** Told about what doesn't fail an operation: a head of the audit trail that can't be written now. */
  readonly warn?: (message: string) => void;
}

const LOCK_TIMEOUT_MS = 30_000;

/**
 * Opens the store in `dataDir`, creates it when there is none, and brings an older one to this version's
 * format. Several processes may have it open at once.
 * @throws StoreError when it can't be read or written, is damaged, or was written by a newer version
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const dataDir = resolve(options.dataDir);
  const file = join(dataDir, 'chatops.db');
  await prepareDataDir(dataDir, file);
  const database = await openDatabase(file, options.lockTimeoutMs ?? LOCK_TIMEOUT_MS);
  const head = headFile(join(dataDir, 'audit.head'), file);
  const trail = auditTrail(database, head, options.warn ?? (() => {}));
  try {
    // The head file comes first: from the moment a trail exists, a missing head is no accident.
    await database.writeAlone(async (sql) => {
      if (migrate(sql, file) === 0) await trail.begin();
    });
  } catch (error) {
    await database.close();
    throw error;
  }
  await trail.seal();
  const files = storeFiles(database, await watchFiles(dataDir, file), { dataDir, file });
  const close = async (): Promise<void> => {
    await trail.end();
    await database.close();
  };
  return { ...storeOf({ database, trail, head, dataDir }), files, close };
}

/**
 * Opens the store of a data directory for reading only: nothing is made or migrated, and whatever would write throws.
 * `isMissing`: there is none, and nothing has happened yet.
 * @throws StoreError when it can't be read, is not there, or has another version's format
 */
export async function openSqliteReader(
  options: SqliteStoreOptions & { readonly isMissing?: boolean },
): Promise<Store> {
  const dataDir = resolve(options.dataDir);
  const file = join(dataDir, 'chatops.db');
  const database = await openReader(
    file,
    options.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
    options.isMissing === true,
  );
  const head = headFile(join(dataDir, 'audit.head'), file);
  const trail = auditTrail(database, head, () => {});
  return { ...storeOf({ database, trail, head, dataDir }), files: UNWATCHED, close: database.close };
}

/** Of who reads once and is gone. */
const UNWATCHED: StoreFiles = { look: async () => null, damage: () => null, check: async () => null };

interface Parts {
  readonly database: Database;
  readonly trail: AuditTrail;
  readonly head: HeadFile;
  readonly dataDir: string;
}

function storeOf({ database, trail, head, dataDir }: Parts): Omit<Store, 'files' | 'close'> {
  return {
    runs: runStore(database, trail),
    leases: leaseStore(database),
    locks: lockStore(database, trail),
    owners: ownerStore(database),
    artifacts: artifactStore(database),
    history: historyStore(database),
    audit: auditStore(database, trail, head, dataDir),
    incidents: incidentStore(database, trail),
    deliveries: deliveryStore(database),
    schedules: scheduleStore(database, trail),
    circuits: circuitStore(database),
    prune: (retention, signal) => prune({ database, trail, head, dataDir }, retention, signal),
  };
}
