import { describe, expect, test } from '@jest/globals';
import { RUN_STATES } from '../../../src/core/model/run.js';
import { PAST_KEPT, type PastPart } from '../../../src/core/ports/history.js';
import { at, NO_ORIGIN, sampleAudit, sampleRun } from '../samples.js';
import { freshStore, type OpenStore } from './under-test.js';

function past(runId: string, more: Partial<PastPart> = {}): PastPart {
  return {
    runId,
    finishedAt: at(1),
    tookMs: 52_000,
    stepsMs: { Copy: 40_000, Check: 12_000 },
    workBytes: 2 ** 41,
    artifactBytes: 2 ** 40,
    ...more,
  };
}

export function historyContract(open: OpenStore): void {
  describe('the history', () => {
    const fresh = freshStore(open);

    test('gives the past of one step of an intent, newest first', async () => {
      const { history } = fresh.store;
      const [first, second] = [past('r-1'), past('r-2', { stepsMs: {}, finishedAt: at(9) })];
      await history.add('photos', 0, first);
      await history.add('photos', 0, second);
      await history.add('photos', 1, past('r-3'));
      await history.add('films', 0, past('r-4'));
      expect(await (await fresh.another()).history.past(NO_ORIGIN, { intent: 'photos', part: 0 })).toEqual([
        second,
        first,
      ]);
      expect(await history.past(NO_ORIGIN, { intent: 'photos', part: 2 })).toEqual([]);
    });

    test('keeps the newest of each step only', async () => {
      const { history } = fresh.store;
      await history.add('films', 0, past('r-film'));
      await history.add('photos', 1, past('r-other-step'));
      for (let index = 0; index < PAST_KEPT + 5; index += 1)
        await history.add('photos', 0, past(`r-${index}`));
      const kept = (await history.past(NO_ORIGIN, { intent: 'photos', part: 0 })).map(({ runId }) => runId);
      expect(kept).toHaveLength(PAST_KEPT);
      expect([kept[0], kept.at(-1)]).toEqual([`r-${PAST_KEPT + 4}`, 'r-5']);
      expect(await history.past(NO_ORIGIN, { intent: 'films', part: 0 })).toHaveLength(1);
      expect(await history.past(NO_ORIGIN, { intent: 'photos', part: 1 })).toHaveLength(1);
    });

    test('gives the past of an origin, whatever its intents were called, and of nothing else', async () => {
      const { history } = fresh.store;
      await history.add('photos', 0, past('r-before'));
      await history.add('photos', 0, past('r-winter'), 'winter');
      await history.add('pictures', 3, past('r-renamed'), 'winter');
      await history.add('photos', 0, past('r-summer'), 'summer');
      const runs = async (key: string, before: string | null) =>
        (await history.past({ key, before, isPlain: true }, { intent: 'photos', part: 0 })).map(
          ({ runId }) => runId,
        );
      expect(await runs('winter', null)).toEqual(['r-renamed', 'r-winter']);
      expect(await runs('autumn', 'summer')).toEqual(['r-summer']);
      expect(await runs('spring', null)).toEqual(['r-before']);
      expect(await history.past({ key: 'spring', before: null, isPlain: false }, null)).toEqual([]);
    });

    test('gives the newest past of every step of every intent', async () => {
      const { history } = fresh.store;
      expect(await history.newest()).toEqual([]);
      const [old, photos, films] = [past('r-1'), past('r-2', { tookMs: 7 }), past('r-3')];
      await history.add('photos', 0, old);
      await history.add('films', 1, films);
      await history.add('photos', 0, photos);
      const newest = [...(await history.newest())].sort((a, b) => a.runId.localeCompare(b.runId));
      expect(newest).toEqual([
        { ...photos, intent: 'photos', step: 0 },
        { ...films, intent: 'films', step: 1 },
      ]);
    });

    test('counts the runs that have not ended, by state', async () => {
      for (const [index, state] of [...RUN_STATES, ...RUN_STATES, 'queued' as const].entries()) {
        await fresh.store.runs.insert(sampleRun({ id: `r-${index}`, state }), sampleAudit());
      }
      expect(await fresh.store.history.open()).toEqual({ awaiting: 2, queued: 3, running: 2 });
    });

    test('tells how the newest run ended that was meant to do something', async () => {
      const { runs, history } = fresh.store;
      const ended = async () => (await history.lastEnds(['photos'])).get('photos');
      const insert = (id: string, state: (typeof RUN_STATES)[number], dryRun = false) =>
        runs.insert(sampleRun({ id, state, dryRun, intent: 'photos' }), sampleAudit());
      expect(await ended()).toBeUndefined();
      await insert('r-1', 'running');
      expect(await ended()).toBeUndefined();
      await insert('r-2', 'failed');
      await insert('r-3', 'cancelled');
      await insert('r-4', 'expired');
      await insert('r-5', 'plan_changed');
      await insert('r-6', 'refused', true);
      expect(await ended()).toBe('failed');
      await insert('r-7', 'succeeded');
      expect(await ended()).toBe('succeeded');
      await insert('r-8', 'interrupted');
      expect(await ended()).toBe('interrupted');
      await runs.insert(sampleRun({ id: 'r-9', state: 'refused', intent: "o'films" }), sampleAudit());
      const ends = await history.lastEnds(['photos', "o'films", 'none']);
      expect([...ends]).toEqual([
        ['photos', 'interrupted'],
        ["o'films", 'refused'],
      ]);
      expect(await history.lastEnds([])).toEqual(new Map());
    });
  });
}
