import { describe, expect, test } from '@jest/globals';
import { RUN_STATES, type Run } from '../../../src/core/model/run.js';
import type { RunFilter } from '../../../src/core/ports/store.js';
import { at, sampleAudit, sampleRun } from '../samples.js';
import { freshStore, type OpenStore } from './under-test.js';

const SURFACES = ['discord', 'http', null] as const;

/** Runs in which every value of every filter meets every value of the others often enough. */
const runs: readonly Run[] = Array.from({ length: 360 }, (_, index) => {
  const surface = SURFACES[Math.floor(index / 5) % 3];
  return sampleRun({
    id: `r-${index}`,
    state: RUN_STATES[(index * 7) % RUN_STATES.length] ?? 'planned',
    intent: index % 2 === 0 ? 'even' : 'odd',
    owner: index % 3 === 0 ? 'o-1' : null,
    reported: index % 4 === 0,
    shown: surface ? { surface } : null,
    expiresAt: index % 5 === 0 ? null : at((index * 13) % 60),
  });
});

function expected(filter: RunFilter): string[] {
  return [...runs]
    .reverse()
    .filter((run) => filter.intent === undefined || run.intent === filter.intent)
    .filter((run) => !filter.states || filter.states.includes(run.state))
    .filter((run) => filter.owner === undefined || run.owner === filter.owner)
    .filter((run) => !filter.unreportedBy || (run.shown?.surface === filter.unreportedBy && !run.reported))
    .filter((run) => !filter.expiredAt || (run.expiresAt !== null && run.expiresAt <= filter.expiredAt))
    .slice(0, filter.limit)
    .map(({ id }) => id);
}

function combinations(): RunFilter[] {
  const parts: Partial<RunFilter>[][] = [
    [{}, { intent: 'odd' }, { intent: 'none' }],
    [{}, { states: [] }, { states: ['awaiting'] }, { states: ['failed', 'awaiting', 'failed'] }],
    [{}, { unreportedBy: 'discord' }, { unreportedBy: 'http' }],
    [{}, { expiredAt: at(26) }],
    [{}, { owner: 'o-1' }, { owner: 'o-2' }],
    [{ limit: 0 }, { limit: 7 }, { limit: 1000 }],
  ];
  return parts.reduce<RunFilter[]>(
    (filters, choices) => filters.flatMap((filter) => choices.map((choice) => ({ ...filter, ...choice }))),
    [{ limit: 0 }],
  );
}

export function runListContract(open: OpenStore): void {
  describe('lists of runs', () => {
    const fresh = freshStore(open);

    test('every combination of filters gives the newest runs that fit, newest first', async () => {
      for (const run of runs) await fresh.store.runs.insert(run, sampleAudit({ runId: run.id }));
      let found = 0;
      for (const filter of combinations()) {
        const ids = (await fresh.store.runs.list(filter)).map(({ id }) => id);
        expect({ filter, ids }).toEqual({ filter, ids: expected(filter) });
        found += ids.length;
      }
      expect(found).toBeGreaterThan(1000);
    }, 120_000);

    test('newest is what was recorded last, also when the clock was set back', async () => {
      await fresh.store.runs.insert(sampleRun({ id: 'r-1', createdAt: at(9) }), sampleAudit());
      await fresh.store.runs.insert(sampleRun({ id: 'r-2', createdAt: at(3) }), sampleAudit());
      expect((await fresh.store.runs.list({ limit: 9 })).map(({ id }) => id)).toEqual(['r-2', 'r-1']);
    });

    test('a preview that is open until an instant is open no longer at that instant', async () => {
      await fresh.store.runs.insert(sampleRun({ expiresAt: at(15) }), sampleAudit());
      const before = new Date(Date.parse(at(15)) - 1).toISOString();
      expect(await fresh.store.runs.list({ limit: 9, expiredAt: before })).toEqual([]);
      expect(await fresh.store.runs.list({ limit: 9, expiredAt: at(15) })).toHaveLength(1);
    });

    test('a list follows what happens to a run', async () => {
      await fresh.store.runs.insert(sampleRun(), sampleAudit());
      await fresh.store.runs.transition('r-0001', 'awaiting', 'failed', {}, sampleAudit());
      await fresh.store.runs.patch('r-0001', { shown: { surface: 'discord' } });
      const filter: RunFilter = { limit: 9, unreportedBy: 'discord', states: ['failed'] };
      expect(await fresh.store.runs.list(filter)).toHaveLength(1);
      await fresh.store.runs.patch('r-0001', { reported: true });
      expect(await fresh.store.runs.list(filter)).toEqual([]);
      expect(await fresh.store.runs.list({ limit: 9, states: ['awaiting'] })).toEqual([]);
    });

    test('an entry has all of a run but its plan and its progress', async () => {
      const run = sampleRun({ progress: { part: 0, step: 1 }, shown: { surface: 'http', x: [1] } });
      await fresh.store.runs.insert(run, sampleAudit());
      const { plan, progress, ...summary } = run;
      expect(await fresh.store.runs.list({ limit: 1 })).toEqual([summary]);
    });
  });
}
