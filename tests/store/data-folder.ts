import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import type { Store } from '../../src/core/ports/store.js';
import { openSqliteStore, type SqliteStoreOptions } from '../../src/store/sqlite.js';
import { until } from '../core/harness.js';

export interface DataFolder {
  readonly path: string;
  /** The database, `audit.head`, or another file in it. */
  file(name: string): string;
  /** Opens the store in it, which is closed after the test. */
  open(options?: Partial<SqliteStoreOptions>): Promise<Store>;
  /** What audit.head holds. */
  head(): unknown;
  /** Resolves once audit.head holds so many rows: rows that come quickly share a sealing. */
  sealed(count: number): Promise<void>;
}

/** An empty data directory for each test of the surrounding describe block. */
export function dataFolder(): DataFolder {
  let path = '';
  let stores: Store[] = [];
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'chatops-test-store-'));
    stores = [];
  });
  afterEach(async () => {
    for (const store of stores) await store.close();
    rmSync(path, { recursive: true });
  });
  const file = (name: string): string => join(path, name);
  const head = () => JSON.parse(readFileSync(file('audit.head'), 'utf8'));
  return {
    get path() {
      return path;
    },
    file,
    async open(options = {}) {
      const store = await openSqliteStore({ dataDir: path, ...options });
      stores.push(store);
      return store;
    },
    head,
    sealed: (count) => until(() => head().count === count, `audit.head has ${count} rows`),
  };
}
