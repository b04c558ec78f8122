import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Store, StoreError } from '../../src/core/ports/store.js';
import { RunWrites } from '../../src/core/records/run-writes.js';
import { Installation, type Process, previewed, until } from './harness.js';

let home: Installation;
let bot: Process;
/** Kinds of rows that the store won't take now. */
let refused: Set<string>;
/** Kinds of rows on which the store hangs for ever. */
let hanging: Set<string>;

beforeEach(async () => {
  home = await Installation.create();
  refused = new Set();
  hanging = new Set();
  bot = await home.start({ store: fragile });
});
afterEach(() => home.end());

function fragile(store: Store): Store {
  const { runs, artifacts } = store;
  const may = async (kind: string): Promise<void> => {
    if (refused.has(kind)) throw new StoreError('the disk is full', { fault: 'full' });
    if (hanging.has(kind)) await home.hang();
  };
  return {
    ...store,
    runs: {
      ...runs,
      appendJournal: (id, part, kind, data) => may(kind).then(() => runs.appendJournal(id, part, kind, data)),
    },
    artifacts: { ...artifacts, add: (artifact) => may('artifact').then(() => artifacts.add(artifact)) },
  };
}

async function begin(): Promise<{ writes: RunWrites; kinds: () => Promise<readonly string[]> }> {
  const { id } = await previewed(bot, 'photos');
  const kinds = async () => (await bot.deps.store.runs.journal(id)).map(({ kind }) => kind);
  return { writes: new RunWrites(bot.deps, { id }), kinds };
}

const ARCHIVE = {
  path: '/dst/a.tar',
  kind: 'archive',
  size: 1,
  sha256: 'f'.repeat(64),
  files: 1,
  createdAt: '2026-11-22T14:00:00.000Z',
  verified: 'read',
} as const;

test('what must be known first is refused, and is nowhere', async () => {
  const { writes, kinds } = await begin();
  refused.add('partial');
  await expect(writes.append(0, 'partial', null)).rejects.toThrow(StoreError);
  refused.clear();
  await writes.append(0, 'later', null);
  expect(writes.journal.map(({ kind }) => kind)).toEqual(['later']);
  expect(await kinds()).toEqual(['later']);
});

test('a note that the store won’t take is known at once, and written in its order as soon as it can be', async () => {
  const { writes, kinds } = await begin();
  await writes.append(0, 'partial', null);
  refused.add('finished');
  await writes.note(0, 'finished', { size: 1 });
  await writes.note(0, 'released', null);
  await writes.addArtifact({ intent: 'photos' }, ARCHIVE);
  await expect(writes.append(0, 'retention', null)).rejects.toThrow('the disk is full');
  await expect(writes.flush()).rejects.toThrow('the disk is full');
  expect(writes.journal.map(({ kind }) => kind)).toEqual(['partial', 'finished', 'released']);
  expect(await kinds()).toEqual(['partial']);
  expect(await bot.deps.store.artifacts.list('photos')).toEqual([]);
  refused.clear();
  await Promise.all([writes.flush(), writes.append(0, 'retention', null), writes.flush()]);
  expect(await kinds()).toEqual(['partial', 'finished', 'released', 'retention']);
  expect(await bot.deps.store.artifacts.list('photos')).toMatchObject([{ path: ARCHIVE.path }]);
});

test('a store that hangs holds up nobody for longer than a moment', async () => {
  const { writes } = await begin();
  hanging.add('released');
  const began = Date.now();
  await writes.note(0, 'released', null);
  expect(Date.now() - began).toBeLessThan(3000);
  expect(writes.journal).toHaveLength(1);
});

test('what the store will never take is told in the log, and holds up nothing', async () => {
  const { writes } = await begin();
  const lost = new RunWrites(bot.deps, { id: 'r-none' });
  await lost.note(0, 'released', null);
  await lost.flush();
  await until(() => bot.logged.length > 0, 'it is logged');
  await writes.flush();
});
