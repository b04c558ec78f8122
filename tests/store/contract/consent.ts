import { describe, expect, test } from '@jest/globals';
import { type Consent, consentOf } from '../../../src/core/model/consent.js';
import { alice, at, bob, sampleAudit, sampleRun } from '../samples.js';
import { freshStore, type OpenStore } from './under-test.js';

const ASKED: Consent = {
  confirm: 'two_people',
  approverRoles: ['Night shift ☾'],
  typed: true,
  confirmed: null,
  approved: null,
};
const yes = (by: typeof alice | typeof bob) => ({ by, at: at(2), fingerprint: 'f'.repeat(64) });

export function consentContract(open: OpenStore): void {
  describe('who has to agree', () => {
    const fresh = freshStore(open);

    test('comes back as it was recorded and as it changed, also in lists', async () => {
      const run = sampleRun({ consent: ASKED });
      await fresh.store.runs.insert(run, sampleAudit());
      const other = await fresh.another();
      expect(await other.runs.get(run.id)).toEqual(run);
      const consent = { ...ASKED, confirmed: yes(alice) };
      await other.runs.transition(run.id, 'awaiting', 'awaiting', { consent }, sampleAudit());
      expect(await fresh.store.runs.get(run.id)).toEqual({ ...run, consent });
      expect((await fresh.store.runs.list({ limit: 1 })).map(consentOf)).toEqual([consent]);
    });

    test('of many answers to what was seen, through two openings, exactly one counts', async () => {
      await fresh.store.runs.insert(sampleRun({ consent: ASKED }), sampleAudit());
      const stores = [fresh.store, await fresh.another()];
      const tries = Array.from({ length: 20 }, (_, index) => {
        const consent = { ...ASKED, confirmed: yes(index % 3 === 0 ? alice : bob) };
        const audit = sampleAudit({ event: 'confirmed' });
        const onlyIf = { consent: ASKED };
        return stores[index % 2]?.runs.transition('r-0001', 'awaiting', 'awaiting', { consent }, audit, {
          onlyIf,
        });
      });
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
      expect((await fresh.store.audit.list(99)).map(({ event }) => event)).toEqual(['confirmed', 'planned']);
    });

    test('a run of before anybody was asked has none, and can get one', async () => {
      await fresh.store.runs.insert(sampleRun(), sampleAudit());
      expect(await fresh.store.runs.get('r-0001')).not.toHaveProperty('consent');
      const { runs } = fresh.store;
      const move = (seen: Consent | undefined) =>
        runs.transition('r-0001', 'awaiting', 'awaiting', { consent: ASKED }, sampleAudit(), {
          onlyIf: { consent: seen },
        });
      expect([await move(ASKED), await move(undefined), await move(undefined)]).toEqual([false, true, false]);
    });
  });
}
