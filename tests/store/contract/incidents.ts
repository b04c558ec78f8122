import { describe, expect, test } from '@jest/globals';
import type { AlertKind, NewAlert, NewAlertEvent } from '../../../src/core/model/incident.js';
import type { LeftDown } from '../../../src/core/model/left-down.js';
import type { IncidentNote } from '../../../src/core/ports/store.js';
import { alice, at, bob, sampleArtifact, sampleAudit, sampleRun } from '../samples.js';
import { freshStore, type OpenStore } from './under-test.js';

const INTENT = { name: 'plex-files', action: 'backup', stack: 'media' } as const;

function event(kind: AlertKind, minute: number, change: Partial<NewAlertEvent> = {}): NewAlertEvent {
  const text = [['The destination is full: ', { code: '/srv/a`b' }, '.']];
  return {
    kind,
    at: at(minute),
    runId: `r-${minute}`,
    reason: 'destination_full',
    by: alice,
    text,
    count: 1,
    mark: null,
    ...change,
  };
}

export function sampleAlert(kind: AlertKind, minute: number, change: Partial<NewAlertEvent> = {}): NewAlert {
  return { subject: { key: 'intent:plex-files', intent: INTENT }, event: event(kind, minute, change) };
}

function denied(minute: number, mark: string, count = 1): NewAlert {
  return {
    subject: { key: 'security', intent: null },
    event: event('denied', minute, { mark, count, runId: null }),
  };
}

function note(kind: IncidentNote['event']['kind'], minute: number, until?: string): IncidentNote {
  return { event: { ...event(kind, minute), kind }, ...(until === undefined ? {} : { until }) };
}

export function incidentContract(open: OpenStore): void {
  describe('incidents', () => {
    const fresh = freshStore(open);
    const incidents = () => fresh.store.incidents;
    const allDue = async () => {
      await incidents().enroll('ops', at(0));
      return incidents().due('ops', 100);
    };
    const only = async (): Promise<string> => {
      const ids = await allDue();
      expect(ids).toHaveLength(1);
      return ids[0] ?? '';
    };

    test('what an incident is about is kept, and a success ends it only when all of that runs', async () => {
      const thing = (name: string, state: LeftDown['state']): LeftDown => ({
        key: `service:shop/${name}`,
        name,
        wanted: 1,
        state,
      });
      await incidents().raise({ ...sampleAlert('failed', 1), left: [thing('b', 'stopped')] });
      await incidents().raise({ ...sampleAlert('failed', 2), left: [thing('c', 'absent')] });
      const id = await only();
      await incidents().raise(sampleAlert('recovered', 3));
      await incidents().raise({ ...sampleAlert('recovered', 4), left: [thing('b', 'running')] });
      const open = { about: [thing('b', 'running'), thing('c', 'absent')], count: 2, resolved: null };
      expect(await incidents().get(id)).toMatchObject(open);
      expect(await (await fresh.another()).incidents.unwell()).toMatchObject([{ id, ...open }]);
      await incidents().raise({ ...sampleAlert('recovered', 5), left: [thing('c', 'running')] });
      expect(await incidents().get(id)).toMatchObject({ resolved: { at: at(5), by: null } });
      expect(await incidents().unwell()).toEqual([]);
    });

    test('trouble opens an incident, more of it counts there, success ends it; the next trouble is a new one', async () => {
      await incidents().raise(sampleAlert('recovered', 0));
      expect(await allDue()).toEqual([]);
      await incidents().raise(sampleAlert('failed', 1));
      await incidents().raise(sampleAlert('interrupted', 2));
      const id = await only();
      expect(await incidents().get(id)).toMatchObject({
        count: 2,
        openedAt: at(1),
        lastAt: at(2),
        resolved: null,
        intent: INTENT,
      });
      await incidents().raise(sampleAlert('recovered', 3));
      const events = await (await fresh.another()).incidents.events(id, { after: 0, limit: 10 });
      expect(events.map(({ seq, ...rest }) => rest)).toEqual([
        event('failed', 1),
        event('interrupted', 2),
        event('recovered', 3),
      ]);
      expect(await incidents().get(id)).toMatchObject({
        count: 2,
        newest: events[2]?.seq,
        resolved: { at: at(3), by: null },
      });
      expect((await incidents().troubles(id, 1)).map(({ kind }) => kind)).toEqual(['interrupted']);
      await incidents().raise(sampleAlert('failed', 4));
      expect(await allDue()).toHaveLength(2);
      expect(await incidents().get('i-99')).toBeNull();
      expect(await incidents().get('nonsense')).toBeNull();
    });

    test('the alert comes with the transition that raises it, and not without it', async () => {
      await fresh.store.runs.insert(sampleRun({ state: 'running' }), sampleAudit());
      const { runs } = fresh.store;
      const fail = () =>
        runs.transition('r-0001', 'running', 'failed', {}, sampleAudit(), {
          alert: sampleAlert('failed', 1),
        });
      expect(await fail()).toBe(true);
      expect(await fail()).toBe(false);
      expect(await incidents().get(await only())).toMatchObject({ count: 1 });
    });

    test('a refusal’s audit row brings its alert', async () => {
      await fresh.store.audit.append(sampleAudit(), denied(1, 'a'));
      await fresh.store.audit.append(sampleAudit(), null);
      expect(await incidents().get(await only())).toMatchObject({ count: 1, intent: null });
    });

    test('of many alerts at once, through two openings, one incident comes that counts all', async () => {
      const other = await fresh.another();
      const raises = Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? incidents() : other.incidents).raise(sampleAlert('failed', index)),
      );
      await Promise.all(raises);
      expect(await incidents().get(await only())).toMatchObject({ count: 20 });
    });

    test('events with the same mark are one, with its counts added and its place at the end', async () => {
      await incidents().raise(denied(1, 'a', 2));
      await incidents().raise(denied(2, 'b'));
      const id = await only();
      const [first, second] = await incidents().events(id, { after: 0, limit: 10 });
      await incidents().raise(denied(3, 'a', 4));
      const after = await incidents().events(id, { after: second?.seq ?? 0, limit: 10 });
      expect(after.map(({ count, at: when }) => ({ count, when }))).toEqual([{ count: 6, when: at(3) }]);
      expect(after[0]?.seq).toBeGreaterThan(first?.seq ?? 0);
      expect(await incidents().events(id, { after: 0, limit: 10 })).toHaveLength(2);
      expect(await incidents().get(id)).toMatchObject({ count: 7 });
    });

    test('an incident knows the last success before it, and whether its artifact passed its check', async () => {
      const { runs, artifacts } = fresh.store;
      const good = (id: string, minute: number) =>
        runs.insert(sampleRun({ id, state: 'succeeded', finishedAt: at(minute) }), sampleAudit());
      await good('r-old', 1);
      await good('r-new', 2);
      await runs.insert(
        sampleRun({ id: 'r-other', intent: 'other', state: 'succeeded', finishedAt: at(9) }),
        sampleAudit(),
      );
      await artifacts.add(sampleArtifact({ runId: 'r-old' }));
      await incidents().raise(sampleAlert('failed', 3));
      expect((await incidents().get(await only()))?.lastGood).toEqual({ at: at(2), checked: false });
      await incidents().raise(sampleAlert('recovered', 4));
      await artifacts.add(sampleArtifact({ runId: 'r-new', path: '/b' }));
      await incidents().raise(sampleAlert('failed', 5));
      const [, second = ''] = await allDue();
      expect((await incidents().get(second))?.lastGood).toEqual({ at: at(2), checked: true });
    });

    test('what people do about it is kept with its audit row, as long as it is open', async () => {
      await incidents().raise(sampleAlert('failed', 1));
      const id = await only();
      expect(await incidents().note(id, note('acknowledged', 2), sampleAudit())).toBe(true);
      expect(await incidents().note(id, note('muted', 3, at(480)), sampleAudit())).toBe(true);
      expect(
        await incidents().note(
          id,
          { event: { ...note('resolved', 4).event, by: bob } },
          sampleAudit({ event: 'resolved' }),
        ),
      ).toBe(true);
      expect(await incidents().note(id, note('acknowledged', 5), sampleAudit())).toBe(false);
      expect(await incidents().note('i-99', note('acknowledged', 5), sampleAudit())).toBe(false);
      expect(await incidents().get(id)).toMatchObject({
        count: 1,
        lastAt: at(1),
        acknowledged: { by: alice, at: at(2) },
        muted: { by: alice, until: at(480) },
        resolved: { by: bob, at: at(4) },
      });
      expect((await fresh.store.audit.list(9)).map((row) => row.event)).toEqual([
        'resolved',
        'planned',
        'planned',
      ]);
      expect((await incidents().events(id, { after: 0, limit: 9 })).map(({ kind }) => kind)).toEqual([
        'failed',
        'acknowledged',
        'muted',
        'resolved',
      ]);
    });
  });

  describe('the outbox', () => {
    const fresh = freshStore(open);
    const incidents = () => fresh.store.incidents;

    test('a destination is owed what is open and what comes, not what was over before it was there', async () => {
      await incidents().raise(sampleAlert('failed', 1));
      await incidents().raise(sampleAlert('recovered', 2));
      await incidents().raise(denied(3, 'a'));
      expect([await incidents().due('ops', 9), await incidents().pending('ops')]).toEqual([[], 0]);
      await incidents().enroll('ops', at(4));
      await incidents().enroll('ops', at(400));
      expect([await incidents().due('ops', 9), await incidents().pending('ops')]).toEqual([['i-2'], 1]);
      await incidents().raise(sampleAlert('failed', 5));
      await incidents().raise(sampleAlert('recovered', 6));
      expect([await incidents().due('ops', 9), await incidents().pending('ops')]).toEqual([
        ['i-2', 'i-3'],
        3,
      ]);
      expect(await incidents().due('ops', 1)).toEqual(['i-2']);
    });

    test('what was told, shown and tried is kept for each destination by itself', async () => {
      await incidents().enroll('ops', at(0));
      await incidents().enroll('webhook', at(0));
      await incidents().raise(sampleAlert('failed', 1));
      const newest = (await incidents().get('i-1'))?.newest ?? 0;
      await incidents().record('ops', 'i-1', { attempt: { what: 'card', since: at(1) } });
      await incidents().record('ops', 'i-1', { told: newest, shown: newest, place: { cardId: '7' } });
      const there = await (await fresh.another()).incidents.delivery('ops', 'i-1');
      expect(there).toEqual({
        told: newest,
        shown: newest,
        attempt: { what: 'card', since: at(1) },
        place: { cardId: '7' },
      });
      expect([await incidents().due('ops', 9), await incidents().pending('ops')]).toEqual([['i-1'], 0]);
      await incidents().record('ops', 'i-1', { attempt: null });
      expect(await incidents().due('ops', 9)).toEqual([]);
      expect([await incidents().due('webhook', 9), await incidents().pending('webhook')]).toEqual([
        ['i-1'],
        1,
      ]);
      await incidents().raise(sampleAlert('failed', 2));
      expect([await incidents().due('ops', 9), await incidents().pending('ops')]).toEqual([['i-1'], 1]);
      await incidents().record('ops', 'i-1', { told: newest + 1 });
      expect([await incidents().due('ops', 9), await incidents().pending('ops')]).toEqual([['i-1'], 0]);
    });

    test('resolved and told long ago is forgotten; what is open or owed is not, and no id comes again', async () => {
      await incidents().enroll('ops', at(0));
      await incidents().raise(denied(0, 'a'));
      for (const minute of [1, 3]) {
        await incidents().raise(sampleAlert('failed', minute));
        await incidents().raise(sampleAlert('recovered', minute + 1));
      }
      for (const id of ['i-1', 'i-2']) {
        const newest = (await incidents().get(id))?.newest ?? 0;
        await incidents().record('ops', id, { told: newest, shown: newest });
      }
      expect(await incidents().trim(at(2), ['ops'])).toBe(0);
      expect(await incidents().trim(at(9), ['ops'])).toBe(1);
      const left = await Promise.all(['i-1', 'i-2', 'i-3'].map((id) => incidents().get(id)));
      expect(left.map((incident) => incident?.id)).toEqual(['i-1', undefined, 'i-3']);
      expect(await incidents().trim(at(9), [])).toBe(1);
      await incidents().raise(sampleAlert('failed', 10));
      expect(await incidents().due('ops', 9)).toEqual(['i-4']);
    });
  });
}
