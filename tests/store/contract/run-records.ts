import { describe, expect, test } from '@jest/globals';
import type { RunState } from '../../../src/core/model/run.js';
import { StoreError } from '../../../src/core/ports/store.js';
import { sampleAudit, sampleRun } from '../samples.js';
import { freshStore, type OpenStore } from './under-test.js';

export function runRecordContract(open: OpenStore): void {
  describe('logs, journals and facts', () => {
    const fresh = freshStore(open);

    test('a log is replaced and comes back to the byte, without one it is empty', async () => {
      await fresh.store.runs.insert(sampleRun(), sampleAudit());
      expect(await fresh.store.runs.readLog('r-0001')).toBe('');
      await fresh.store.runs.writeLog('r-0001', 'first');
      const text = `@everyone \u001b[31m \u0000 after NUL \r\n ü 🚀 ${'x'.repeat(2_000_000)}`;
      await fresh.store.runs.writeLog('r-0001', text);
      expect(await (await fresh.another()).runs.readLog('r-0001')).toBe(text);
      await fresh.store.runs.writeLog('r-0001', '');
      expect(await fresh.store.runs.readLog('r-0001')).toBe('');
    });

    test('journal rows come back in the order in which they were written, for their own run', async () => {
      await fresh.store.runs.insert(sampleRun({ id: 'r-1' }), sampleAudit());
      await fresh.store.runs.insert(sampleRun({ id: 'r-2' }), sampleAudit());
      await fresh.store.runs.appendJournal('r-1', 0, 'stopped', { container: 'plex' });
      await fresh.store.runs.appendJournal('r-2', 0, 'other', null);
      await fresh.store.runs.appendJournal('r-1', 1, 'child', [1, 'two', { nul: '\u0000' }]);
      await fresh.store.runs.appendJournal('r-1', 0, 'note', 'text');
      expect(await (await fresh.another()).runs.journal('r-1')).toEqual([
        { part: 0, kind: 'stopped', data: { container: 'plex' } },
        { part: 1, kind: 'child', data: [1, 'two', { nul: '\u0000' }] },
        { part: 0, kind: 'note', data: 'text' },
      ]);
      expect(await fresh.store.runs.journal('r-none')).toEqual([]);
    });

    test('unfinished are those that somebody carries, and those that somebody should', async () => {
      const { runs } = fresh.store;
      const add = (id: string, state: RunState, owner: string | null) =>
        runs.insert(sampleRun({ id, state, owner }), sampleAudit({ runId: id }));
      await add('r-dry', 'planned', null);
      await add('r-opening', 'planned', 'o-1');
      await add('r-waits', 'awaiting', null);
      await add('r-queued', 'queued', 'o-2');
      await add('r-runs', 'running', 'o-1');
      await add('r-lost', 'running', null);
      await add('r-ended', 'succeeded', null);
      expect(await runs.unfinished(10)).toEqual([
        { id: 'r-opening', state: 'planned', owner: 'o-1' },
        { id: 'r-queued', state: 'queued', owner: 'o-2' },
        { id: 'r-runs', state: 'running', owner: 'o-1' },
        { id: 'r-lost', state: 'running', owner: null },
      ]);
      expect(await runs.unfinished(1)).toHaveLength(1);
      expect(await runs.claim('r-lost', 'o-1', 'o-3')).toBe(false);
      expect(await runs.claim('r-lost', null, 'o-3')).toBe(true);
      expect(await runs.claim('r-lost', null, 'o-4')).toBe(false);
      expect((await runs.get('r-lost'))?.owner).toBe('o-3');
    });

    test('what belongs to no run is an error and not lost silently', async () => {
      await expect(fresh.store.runs.writeLog('r-none', 'x')).rejects.toThrow(StoreError);
      await expect(fresh.store.runs.appendJournal('r-none', 0, 'x', null)).rejects.toThrow(StoreError);
    });

    test('facts are remembered for each origin, the last ones', async () => {
      const { runs } = fresh.store;
      const remembered = (key: string, before: string | null = null) =>
        runs.remembered({ key, before, isPlain: true }, { intent: 'plex', part: 0 });
      expect(await remembered('plex')).toBeNull();
      await runs.remember('plex', { files: 1 });
      await runs.remember('plex', { files: 2 });
      await runs.remember('photos', 7);
      expect(await remembered('plex')).toEqual({ files: 2 });
      expect(await remembered('photos')).toBe(7);
      expect(await remembered('moved', 'photos')).toBe(7);
      expect(await remembered('other')).toBeNull();
    });
  });
}
