import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createRefusalAudit } from '../../src/core/access/refusal-audit.js';
import type { AuditEntry } from '../../src/core/model/audit.js';
import type { ActorRef, Source } from '../../src/core/model/request.js';
import { StoreError } from '../../src/core/ports/store.js';
import { Installation, mallory, type Process, request } from './harness.js';

let home: Installation;
let bot: Process;

beforeEach(async () => {
  home = await Installation.create();
  bot = await home.start();
});
afterEach(() => home.end());

/** Rows of the trail about refusals, oldest first, and the number of refusals that they stand for. */
async function trail() {
  const rows = (await bot.deps.store.audit.list(1000)).filter(({ event }) => event === 'refused').reverse();
  const counts = rows.map(({ detail }) => (detail as { count?: number }).count ?? 1);
  expect((await bot.deps.store.audit.verify()).problems).toEqual([]);
  return { rows, total: counts.reduce((sum, count) => sum + count, 0) };
}

const entryOf = (actor: ActorRef, source: Source = 'discord', intent = 'photos') => ({
  at: '2026-11-22T14:00:00.000Z',
  actor,
  source,
  runId: null,
  intent,
});

test('the first refusals of somebody are rows of their own, the others one row with their number', async () => {
  for (let index = 0; index < 60; index += 1) await bot.pipeline.admit(request('photos', { actor: mallory }));
  expect((await trail()).rows).toHaveLength(5);
  await bot.deps.refusals.end();
  const { rows, total } = await trail();
  expect(total).toBe(60);
  expect(rows).toHaveLength(6);
  expect(rows.at(-1)).toMatchObject({
    actor: { name: 'mallory' },
    source: 'discord',
    intent: 'photos',
    detail: { reason: 'not_allowed', count: 55, since: '2026-11-22T14:00:00.000Z' },
  });
  // What is told is as many as there were.
  expect(await bot.deps.store.incidents.get('i-1')).toMatchObject({ key: 'security', count: 60 });
});

test('every entrance counts in the same place', async () => {
  const { locks } = bot.pipeline;
  const run = await (async () => {
    const admission = await bot.pipeline.admit(request('photos'));
    if (!admission.ok) throw new Error('not admitted');
    return bot.pipeline.prepare(admission.ticket);
  })();
  for (let index = 0; index < 10; index += 1) {
    await locks.lock(mallory, 'discord', { stack: 'media', reason: 'mine' });
    await bot.pipeline.admit(request('films', { actor: mallory }));
    await bot.pipeline.decide(run.id, mallory, 'confirm');
  }
  await bot.deps.refusals.end();
  const { rows, total } = await trail();
  expect(total).toBe(30);
  expect(rows.length).toBeLessThanOrEqual(5 + 3);
});

test('one who sends too much is refused before their rights are looked at, and that is counted too', async () => {
  const taken: string[] = [];
  Object.assign(bot.deps.requests, {
    take: async (key: string) => {
      taken.push(key);
      return taken.length <= 3;
    },
  });
  const codes = [];
  for (let index = 0; index < 5; index += 1) {
    const admission = await bot.pipeline.admit(request('photos', { actor: mallory }));
    codes.push(admission.ok || admission.notice.code);
  }
  expect(codes).toEqual([...Array(3).fill('not_allowed'), ...Array(2).fill('too_many_requests')]);
  // What others may ask for is not used up by somebody without the right.
  expect(taken.every((key) => key === `person:user:${mallory.id}`)).toBe(true);
});

test('a crowd without rights shares rows, and none of it is lost', async () => {
  for (let index = 0; index < 1000; index += 1) {
    const actor = { kind: 'user', id: String(index % 500), name: `member ${index % 500}` } as const;
    await bot.deps.refusals.keep({ entry: entryOf(actor), reason: 'not_allowed' });
  }
  await bot.deps.refusals.end();
  const { rows, total } = await trail();
  expect(total).toBe(1000);
  expect(rows.length).toBeLessThanOrEqual(2 * 200 + 201);
  expect(rows).toContainEqual(
    expect.objectContaining({ actor: { kind: 'stranger', id: 'others', name: 'others' } }),
  );
});

test('what the store does not take stays counted until it does', async () => {
  const rows: AuditEntry[] = [];
  let broken = false;
  const store = {
    audit: {
      ...bot.deps.store.audit,
      append: async (entry: AuditEntry) => {
        if (broken) throw new StoreError('The disk is full.');
        rows.push(entry);
      },
    },
  };
  const refusals = createRefusalAudit({ ...bot.deps, store }, 20);
  for (let index = 0; index < 8; index += 1) {
    await refusals.keep({ entry: entryOf(mallory), reason: 'not_allowed' });
  }
  broken = true;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(rows).toHaveLength(5);
  broken = false;
  await refusals.end();
  expect(rows.at(-1)).toMatchObject({ detail: { reason: 'not_allowed', count: 3 } });
});
