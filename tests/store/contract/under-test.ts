import { afterEach, beforeEach } from '@jest/globals';
import type { Store } from '../../../src/core/ports/store.js';

/** A back end as the contract suite gets it, empty at first. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Opens the same data once more, as another process would. */
  another(): Promise<Store>;
  /** Closes all of it and removes the data. */
  dispose(): Promise<void>;
}

export type OpenStore = () => Promise<StoreUnderTest>;

/** A fresh store for each test of the surrounding describe block. */
export function freshStore(open: OpenStore): { readonly store: Store; another(): Promise<Store> } {
  let current: StoreUnderTest | undefined;
  const present = (): StoreUnderTest => {
    if (!current) throw new Error('The store is open only while a test runs.');
    return current;
  };
  beforeEach(async () => {
    current = await open();
  });
  afterEach(async () => {
    await current?.dispose();
    current = undefined;
  });
  return {
    get store() {
      return present().store;
    },
    another: () => present().another(),
  };
}
