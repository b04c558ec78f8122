import { describe, expect, test } from '@jest/globals';
import { at, sampleArtifact } from '../samples.js';
import { freshStore, type OpenStore } from './under-test.js';

export function artifactContract(open: OpenStore): void {
  describe('artifacts', () => {
    const fresh = freshStore(open);

    test('an intent’s artifacts come back oldest first, whatever the order they were added in', async () => {
      const newer = sampleArtifact({ path: '/b', createdAt: at(9), verified: 'none' });
      const older = sampleArtifact({ path: '/a', createdAt: at(1), sha256: null, kind: 'mirror' });
      await fresh.store.artifacts.add(newer);
      await fresh.store.artifacts.add(older);
      await fresh.store.artifacts.add(sampleArtifact({ intent: 'other' }));
      expect(await (await fresh.another()).artifacts.list('plex-files')).toEqual([older, newer]);
      expect(await fresh.store.artifacts.list('none')).toEqual([]);
    });

    test('what was deleted is listed no more, and only that', async () => {
      const { artifacts } = fresh.store;
      await artifacts.add(sampleArtifact({ path: '/a' }));
      await artifacts.add(sampleArtifact({ path: '/b' }));
      await artifacts.add(sampleArtifact({ path: '/a', intent: 'other' }));
      await artifacts.markDeleted('plex-files', '/a', at(5));
      await artifacts.markDeleted('plex-files', '/none', at(5));
      expect((await artifacts.list('plex-files')).map(({ path }) => path)).toEqual(['/b']);
      expect(await artifacts.list('other')).toHaveLength(1);
    });

    test('a mirror that was run again is there once, as the last run left it', async () => {
      const { artifacts } = fresh.store;
      await artifacts.add(sampleArtifact({ runId: 'r-1', path: '/mirror', files: 1 }));
      await artifacts.add(sampleArtifact({ runId: 'r-2', path: '/mirror', files: 2, createdAt: at(5) }));
      expect((await artifacts.list('plex-files')).map(({ runId, files }) => [runId, files])).toEqual([
        ['r-2', 2],
      ]);
    });
  });
}
