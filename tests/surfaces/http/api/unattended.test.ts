import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { plain } from '../../../../src/core/model/phrase.js';
import { alice } from '../../../core/harness.js';
import { Port } from '../port.js';

const HERE = 'the-ops-channel';
const AT = '2026-11-22T14:00:00.000Z';

let port: Port;
beforeAll(async () => {
  port = await Port.open();
  await port.process.deps.store.incidents.enroll(HERE, AT);
});
afterAll(() => port.close());
afterEach(async () => {
  port.calm();
  for (const { id } of await open()) await close(id);
});

/** The incidents that are open: what each is about, and what its newest event says. */
async function open() {
  const { store, refusals } = port.process.deps;
  // Of a key that is refused often, the further refusals are written together, a little later.
  await refusals.end();
  const { incidents } = store;
  const found = await Promise.all((await incidents.due(HERE, 50)).map((id) => incidents.get(id)));
  const going = found.flatMap((incident) => (incident && incident.resolved === null ? [incident] : []));
  return Promise.all(
    going.map(async ({ id, key, count }) => {
      const [last] = await incidents.troubles(id, 1);
      return {
        id,
        key,
        count,
        kind: last?.kind,
        reason: last?.reason,
        text: last?.text.map(plain).join(' '),
      };
    }),
  );
}

async function close(id: string): Promise<void> {
  const event = {
    kind: 'resolved',
    at: AT,
    runId: null,
    reason: 'resolved',
    by: alice,
    text: [],
    count: 1,
    mark: null,
  } as const;
  const audit = {
    at: AT,
    event: 'resolved',
    actor: alice,
    source: 'discord',
    runId: null,
    intent: '',
    detail: {},
  } as const;
  await port.process.deps.store.incidents.note(id, { event }, audit);
}

async function lock(): Promise<void> {
  const wish = { stack: 'media', reason: 'maintenance', duration: '1h' };
  expect((await port.process.pipeline.locks.lock(alice, 'discord', wish)).ok).toBe(true);
}

/** Ways in which a call with a key comes to nothing. */
const NOTHING: readonly [
  what: string,
  arrange: () => unknown,
  call: object,
  found: { status: number; key?: string; reason?: string; text: RegExp },
][] = [
  [
    'something is in the way',
    () => {
      port.world.blocked = true;
    },
    { name: 'photos' },
    { status: 409, reason: 'blocked', text: /tar is not installed/ },
  ],
  [
    'the plan can’t be made',
    () => {
      port.world.planBug = true;
    },
    { name: 'photos' },
    { status: 500, reason: 'internal_error', text: /./ },
  ],
  [
    'there is no such intent',
    () => undefined,
    { name: 'photo' },
    {
      status: 404,
      key: 'intent:photo',
      reason: 'intent_unknown',
      text: /The API key CHATOPS_API_KEY could not run it\. There is no intent photo\./,
    },
  ],
  [
    'a value is wrong',
    () => undefined,
    { name: 'photos', params: { size: 'big' } },
    { status: 422, reason: 'params_invalid', text: /could not run it/ },
  ],
];

describe('what can’t begin over HTTP is told to people', () => {
  test.each(NOTHING)('%s', async (_what, arrange, call, found) => {
    arrange();
    const { status } = await port.json('POST', '/run', call);
    const { status: wanted, key = 'intent:photos', reason, text } = found;
    expect(status).toBe(wanted);
    expect(await open()).toEqual([
      { id: expect.any(String), key, count: 1, kind: 'refused', reason, text: expect.stringMatching(text) },
    ]);
  });

  test.each(NOTHING)(
    '%s: not where the caller says that somebody looks',
    async (_what, arrange, call, found) => {
      arrange();
      const { status } = await port.json('POST', '/run', { ...call, attended: true });
      expect(status).toBe(found.status);
      expect(await open()).toEqual([]);
    },
  );

  test.each(NOTHING)('%s: not for a dry run', async (_what, arrange, call) => {
    arrange();
    await port.json('POST', '/run', { ...call, dry_run: true });
    expect(await open()).toEqual([]);
  });

  test('a lock; each night counts, and the next success ends it', async () => {
    await lock();
    for (const night of [1, 2]) {
      expect((await port.json('POST', '/run', { name: 'photos' })).status).toBe(409);
      expect(await open()).toMatchObject([{ key: 'intent:photos', count: night, reason: 'stack_locked' }]);
    }
    await port.process.pipeline.locks.unlock(alice, 'discord', 'media');
    expect((await port.json('POST', '/run', { name: 'photos' })).body.ok).toBe(true);
    expect(await open()).toEqual([]);
  });

  test('each intent of an orchestration that can’t begin', async () => {
    port.world.blocked = true;
    await port.json('POST', '/orchestrate', { intents: ['photos', 'nothing'], stop_on_failure: false });
    expect((await open()).map(({ key }) => key).sort()).toEqual(['intent:nothing', 'intent:photos']);
  });

  test('a name that was not typed where a run deletes very much', async () => {
    port.world.deletions = Array.from({ length: 5000 }, (_, index) => `/dst/${index}`);
    const { status } = await port.json('POST', '/run', { name: 'photos' });
    expect(status).toBe(409);
    expect(await open()).toMatchObject([{ key: 'intent:photos', count: 1, reason: 'name_not_typed' }]);
  });
});
