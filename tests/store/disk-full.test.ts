import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from '@jest/globals';
import { StoreError } from '../../src/core/ports/store.js';
import { openSqliteStore } from '../../src/store/sqlite.js';
import { sampleAudit, samplePlan, sampleRun } from './samples.js';
import { mountTmpfs, testWithTmpfs } from './tmpfs.js';

const FULL = /chatops\.db: the disk is full .+ Nothing was changed\. Free some space/;

describe('a full disk', () => {
  testWithTmpfs(
    'refuses writes with the reason, loses nothing, and is over when there is space',
    async () => {
      const disk = mountTmpfs('4m');
      try {
        const ballast = join(disk.path, 'ballast');
        writeFileSync(ballast, Buffer.alloc(1024 * 1024));
        const dataDir = join(disk.path, 'data');
        const store = await openSqliteStore({ dataDir });
        const large = { ...samplePlan(), fingerprint: 'f'.repeat(50_000) };

        const told: string[] = [];
        let refusal: unknown;
        for (let index = 0; refusal === undefined; index += 1) {
          const run = sampleRun({ id: `r-${index}`, plan: large });
          await store.runs.insert(run, sampleAudit({ runId: run.id })).then(
            () => told.push(run.id),
            (error: unknown) => {
              refusal = error;
            },
          );
        }
        expect(refusal).toBeInstanceOf(StoreError);
        expect(String(refusal)).toMatch(FULL);
        expect(refusal).toMatchObject({ fault: 'full', folder: dataDir });
        expect(told.length).toBeGreaterThan(5);
        expect(await store.runs.get(`r-${told.length}`)).toBeNull();
        await expect(store.runs.writeLog('r-0', 'x'.repeat(4_000_000))).rejects.toThrow(FULL);

        const queued = new Map<string, boolean>();
        for (const id of told) {
          const outcome = store.runs.transition(id, 'awaiting', 'queued', {}, sampleAudit({ runId: id }));
          queued.set(id, await outcome.catch(() => false));
        }
        const asTold = async (): Promise<void> => {
          for (const [id, moved] of queued) {
            const run = await store.runs.get(id);
            expect([run?.state, run?.plan]).toEqual([moved ? 'queued' : 'awaiting', large]);
          }
          expect((await store.audit.verify()).problems).toEqual([]);
        };
        await asTold();

        rmSync(ballast);
        expect(await store.runs.insert(sampleRun({ id: 'r-after' }), sampleAudit())).toBe(true);
        await asTold();
        await store.close();
        const again = await openSqliteStore({ dataDir });
        expect(await again.runs.get('r-after')).toEqual(sampleRun({ id: 'r-after' }));
        expect((await again.audit.verify()).problems).toEqual([]);
        await again.close();
      } finally {
        disk.dispose();
      }
    },
  );
});
