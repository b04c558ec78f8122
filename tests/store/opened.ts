import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../src/core/ports/store.js';
import { openSqliteStore } from '../../src/store/sqlite.js';
import type { StoreUnderTest } from './contract/under-test.js';

/** An empty SQLite store in a temporary folder of its own. */
export async function openTemporary(): Promise<StoreUnderTest> {
  const dataDir = await mkdtemp(join(tmpdir(), 'chatops-test-store-'));
  const stores: Store[] = [];
  const another = async (): Promise<Store> => {
    const store = await openSqliteStore({ dataDir });
    stores.push(store);
    return store;
  };
  return {
    store: await another(),
    another,
    async dispose() {
      for (const store of stores) await store.close();
      await rm(dataDir, { recursive: true });
    },
  };
}
