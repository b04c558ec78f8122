import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { faultSentences } from '../../../../src/core/faults/faults.js';
import type { AlertEvent, Incident } from '../../../../src/core/model/incident.js';
import { code, phrase } from '../../../../src/core/model/phrase.js';
import { notice } from '../../../../src/core/model/reasons.js';
import {
  type CardView,
  cardMessage,
  replacedCard,
  webhookMessage,
} from '../../../../src/surfaces/discord/render/incident-card.js';
import {
  ENTRIES_AT_MOST,
  ENTRIES_WITH_FILES,
  threadMessage,
  threadName,
} from '../../../../src/surfaces/discord/render/incident-thread.js';
import { expectGolden } from '../golden.js';
import { ALICE, FAILED, SUCCEEDED } from '../sample-runs.js';

const AT = '2026-11-22T03:00:00.000Z';
const NOW = new Date('2026-11-22T14:18:22.000Z');

function eventOf(change: Partial<AlertEvent> = {}): AlertEvent {
  const text = [phrase`The destination is full: 610 MiB needed, 88 MiB free on ${code('/srv/backups')}.`];
  return {
    seq: 34,
    kind: 'failed',
    at: AT,
    runId: 'r-7k2m',
    reason: 'destination_full',
    by: ALICE,
    text,
    count: 1,
    mark: null,
    ...change,
  };
}

function incidentOf(change: Partial<Incident> = {}): Incident {
  return {
    id: 'i-12',
    key: 'intent:plex-database',
    intent: { name: 'plex-database', action: 'backup', stack: 'media' },
    openedAt: AT,
    lastAt: '2026-11-22T14:00:00.000Z',
    count: 3,
    newest: 36,
    lastGood: { at: '2026-11-21T03:01:00.000Z', checked: true },
    about: [],
    acknowledged: null,
    muted: null,
    resolved: null,
    ...change,
  };
}

function viewOf(incident: Incident, change: Partial<CardView> = {}): CardView {
  return { incident, troubles: [eventOf()], recovery: null, threadId: null, now: NOW, role: null, ...change };
}

const REMOVED = notice(
  'store_unavailable',
  phrase`${code('/data/chatops.db')} was removed while ChatOps runs.`,
  phrase`Put it back, then restart the bot.`,
);
const FAULT = eventOf({ kind: 'fault', runId: null, by: null, text: faultSentences(REMOVED, true) });

function faultOf(change: Partial<Incident> = {}): Incident {
  return incidentOf({ key: 'fault:data-directory', intent: null, count: 1, lastGood: null, ...change });
}

describe('cards', () => {
  test.each<[name: string, view: CardView]>([
    ['failing', viewOf(incidentOf())],
    ['first', viewOf(incidentOf({ count: 1, lastGood: null }))],
    [
      'handled',
      viewOf(
        incidentOf({
          acknowledged: { by: ALICE, at: AT },
          muted: { by: ALICE, until: '2026-11-22T22:00:00.000Z' },
        }),
        { threadId: '77' },
      ),
    ],
    [
      'rolled-back',
      viewOf(incidentOf({ intent: { name: 'media', action: 'rollout', stack: 'media' } }), {
        troubles: [eventOf({ kind: 'rolled_back' })],
      }),
    ],
    [
      'works-again',
      viewOf(incidentOf({ resolved: { by: null, at: AT } }), {
        recovery: eventOf({ kind: 'recovered', runId: 'r-9xq4', text: [phrase`1.8 GiB → 604 MiB.`] }),
      }),
    ],
    ['by-hand', viewOf(incidentOf({ resolved: { by: ALICE, at: AT } }))],
    [
      'security',
      viewOf(incidentOf({ intent: null, key: 'security', count: 7 }), {
        troubles: [
          eventOf({
            kind: 'denied',
            runId: null,
            count: 6,
            text: [phrase`mallory asked for ${code('plex')} without the right to it.`],
          }),
          eventOf({
            kind: 'denied',
            runId: null,
            text: [phrase`A call from ${code('10.0.0.9')} was refused: ${code('invalid_key')}.`],
          }),
        ],
      }),
    ],
    ['fault', viewOf(faultOf(), { troubles: [FAULT] })],
    [
      'fault-over',
      viewOf(faultOf({ resolved: { by: null, at: AT } }), {
        troubles: [FAULT],
        recovery: eventOf({ kind: 'recovered', runId: null, text: [phrase`This is over.`] }),
      }),
    ],
  ])('%s', (name, view) => {
    expectGolden(`alert-${name}`, cardMessage(view));
  });

  test('what becomes of a card that is replaced, and what a webhook gets', () => {
    const view = viewOf(incidentOf());
    expectGolden('alert-replaced', replacedCard(view, 'https://discord.com/channels/1/2/3'));
    expectGolden('alert-webhook', webhookMessage(view, true));
  });
});

describe('a thread’s messages', () => {
  const entry = (seq: number, run = FAILED) => ({
    event: eventOf({ seq, kind: run === FAILED ? 'failed' : 'recovered', runId: run.id }),
    run,
    log: 'tar: no space\n',
  });

  test.each([
    ['one', [entry(34)]],
    [
      'several',
      [
        entry(34),
        { event: eventOf({ seq: 35, kind: 'acknowledged', runId: null, text: [] }), run: null, log: '' },
        entry(36, SUCCEEDED),
      ],
    ],
    ['many', Array.from({ length: ENTRIES_WITH_FILES + 1 }, (_, index) => entry(index + 1))],
    [
      'fault',
      [
        { event: FAULT, run: null, log: '' },
        {
          event: eventOf({ kind: 'recovered', runId: null, text: [phrase`This is over.`] }),
          run: null,
          log: '',
        },
      ],
    ],
    ['ack', [{ event: eventOf({ kind: 'acknowledged', runId: null, text: [] }), run: null, log: '' }]],
  ])('%s', (name, entries) => {
    expectGolden(`alert-thread-${name}`, threadMessage(name === 'fault' ? faultOf() : incidentOf(), entries));
  });

  test('a fault’s thread is called after what is in trouble', () => {
    expect(threadName(faultOf())).toBe('Data directory · i-12');
  });

  test('the worst texts leave room for every entry, and its mark, within Discord’s limits', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('*', '`', '\\', '@everyone ', '[x](http://x)', '\n', 'ü', '🙂'),
      minLength: 100,
      maxLength: 300,
    });
    fc.assert(
      fc.property(
        nasty,
        fc.integer({ min: 1, max: ENTRIES_AT_MOST }),
        fc.boolean(),
        (text, count, denied) => {
          const entries = Array.from({ length: count }, (_, index) => ({
            event: eventOf({
              seq: index + 1,
              kind: denied ? 'denied' : 'failed',
              runId: denied ? null : `r-${1000 + index}`,
              count: 1_000_000,
              text: [[text, code(text)]],
            }),
            run: denied ? null : { ...FAILED, id: `r-${1000 + index}` },
            log: text,
          }));
          const incident = incidentOf({ intent: { name: text, action: 'backup', stack: text } });
          const { content, embeds, files } = threadMessage(incident, entries);
          const shown = `${content}\n${embeds.map(({ description }) => description).join('\n')}`;
          expect(content.length).toBeLessThanOrEqual(2000);
          expect((embeds[0]?.description ?? '').length).toBeLessThanOrEqual(4096);
          expect(content.split('\n').at(-1)).toMatch(/^-# i-12, entr/);
          expect(files.length).toBeLessThanOrEqual(10);
          expect(shown).not.toContain('@everyone');
          if (denied) expect(shown.split('times so far').length - 1).toBe(count);
          if (!denied) for (const { run } of entries) expect(shown).toContain(`\`${run?.id}\``);
          expect(threadName(incident).length).toBeLessThanOrEqual(100);
          expect(threadName(incident)).toMatch(/ · i-12$/);
          const card = cardMessage(viewOf(incident, { troubles: entries.map(({ event }) => event) }));
          expect(card.content.length).toBeLessThanOrEqual(2000);
          expect((card.embeds[0]?.description ?? '').length).toBeLessThanOrEqual(4096);
        },
      ),
      { numRuns: 60 },
    );
  });
});
