import { describe, expect, test } from '@jest/globals';
import { sampleAudit, sampleRun } from '../samples.js';
import { freshStore, type OpenStore } from './under-test.js';

export function auditContract(open: OpenStore): void {
  describe('audit', () => {
    const fresh = freshStore(open);

    test('an empty trail is whole', async () => {
      expect(await fresh.store.audit.verify()).toEqual({ rows: 0, problems: [] });
      expect(await fresh.store.audit.list(5)).toEqual([]);
    });

    test('entries come back as they were, newest first, numbered and chained', async () => {
      const entries = [
        sampleAudit(),
        sampleAudit({ event: 'refused', runId: null, intent: 'a\u0000"\ud800', detail: null }),
        sampleAudit({ event: 'finished', detail: { '10': 1, '9': [] } }),
      ];
      for (const entry of entries) await fresh.store.audit.append(entry);
      const rows = await (await fresh.another()).audit.list(99);
      expect(rows.map(({ seq }) => seq)).toEqual([3, 2, 1]);
      expect(rows.map(({ seq, previousHash, hash, ...entry }) => entry)).toEqual([...entries].reverse());
      expect(rows.map(({ previousHash }) => previousHash)).toEqual([
        rows[1]?.hash,
        rows[2]?.hash,
        '0'.repeat(64),
      ]);
      expect((await fresh.store.audit.list(2)).map(({ seq }) => seq)).toEqual([3, 2]);
      expect(await fresh.store.audit.list(0)).toEqual([]);
    });

    test('a trail that two openings wrote at once is one chain', async () => {
      const other = await fresh.another();
      const writes = Array.from({ length: 40 }, (_, index) =>
        index % 2 === 0
          ? fresh.store.audit.append(sampleAudit({ event: `a${index}` }))
          : other.runs.insert(sampleRun({ id: `r-${index}` }), sampleAudit({ event: `b${index}` })),
      );
      await Promise.all(writes);
      expect(await fresh.store.audit.verify()).toEqual({ rows: 40, problems: [] });
      expect(await other.audit.verify()).toEqual({ rows: 40, problems: [] });
    });
  });
}
