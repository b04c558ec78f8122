import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { phrase } from '../../../../src/core/model/phrase.js';
import { gate, intentNamed, until } from '../../../core/harness.js';
import { type Answered, Port } from '../port.js';

let port: Port;
beforeAll(async () => {
  port = await Port.open();
});
afterAll(() => port.close());
afterEach(() => port.calm());

const fails = async () =>
  ({ state: 'failed', reason: 'command_failed', summary: [phrase`It broke.`] }) as const;

describe('POST /run', () => {
  test('runs an intent to its end; curl’s own content type is JSON too', async () => {
    const response = await port.call('POST', '/run', '{"name": "photos"}', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    const run = (await response.json()) as Answered;
    expect([response.status, run]).toMatchObject([
      200,
      {
        ok: true,
        dry_run: false,
        intent: 'photos',
        action: 'backup',
        stdout: '',
        state: 'succeeded',
        source: 'http',
        actor: { kind: 'api_key', id: 'CHATOPS_API_KEY', name: 'CHATOPS_API_KEY' },
        decidedBy: { kind: 'api_key', name: 'CHATOPS_API_KEY' },
        outcome: { state: 'succeeded', reason: 'done', summary: ['Copied.'] },
        plan: { parts: [{ steps: [{ title: 'Copy', commands: [['copy', '/src/photos']] }] }] },
      },
    ]);
    expect(run.url).toBe(`/runs/${run.id}`);
  });

  test('what the commands said is in stdout; what a secret was is not', async () => {
    port.installation.redactor.add('hunter2-secret');
    port.world.bytes = 1000;
    const { deps } = port.process;
    port.world.during = async (intent) => {
      const [run] = await deps.store.runs.list({ limit: 1, intent });
      await deps.store.runs.writeLog(run?.id ?? '', 'line one\nit is hunter2-secret\n');
      return undefined;
    };
    const { body } = await port.json('POST', '/run', { name: 'photos' });
    expect(body.stdout).toBe('line one\nit is ••••\n');
  });

  test('a dry run says what would happen and changes nothing', async () => {
    const before = port.world.entered.length;
    const { status, body } = await port.json('POST', '/run', { name: 'photos', dry_run: true });
    expect([status, body]).toMatchObject([
      200,
      { ok: true, dry_run: true, state: 'planned', stdout: '1. Copy\n', outcome: null },
    ]);
    expect(port.world.entered.length).toBe(before);
  });

  test('a run that fails is 200 with ok: false, and everything about it', async () => {
    port.world.during = fails;
    const { status, body } = await port.json('POST', '/run', { name: 'photos' });
    expect([status, body]).toMatchObject([
      200,
      { ok: false, state: 'failed', reason: 'command_failed', outcome: { summary: ['It broke.'] } },
    ]);
  });

  test('what is in the way is a conflict with its reason and the run; a dry run of it is an answer', async () => {
    port.world.blocked = true;
    const { status, body } = await port.json('POST', '/run', { name: 'photos' });
    expect([status, body]).toMatchObject([
      409,
      {
        code: 'blocked',
        detail: 'tar is not installed. Install it, then try again. Nothing was run.',
        run: { state: 'refused', plan: { blockers: [{ code: 'tool_missing' }] } },
      },
    ]);
    const dry = await port.json('POST', '/run', { name: 'photos', dry_run: true });
    expect([dry.status, dry.body]).toMatchObject([200, { ok: false, state: 'refused', reason: 'blocked' }]);
  });

  test('a plan that changed while the run waited is a conflict; its successor is withdrawn', async () => {
    const holder = gate();
    port.world.during = async () => {
      await holder.opened;
      return undefined;
    };
    const first = port.json('POST', '/run', { name: 'photos' });
    await until(() => port.world.entered.length > port.world.left.length, 'the first one runs');
    const second = port.json('POST', '/run', { name: 'photos' });
    const { runs } = port.process.deps.store;
    await until(
      async () => (await runs.list({ limit: 5, states: ['queued'] })).length === 1,
      'the second one waits',
    );
    port.world.deletions = ['/dst/photos/old'];
    holder.open();
    expect((await first).body).toMatchObject({ ok: true });
    const { status, body } = await second;
    port.world.deletions = [];
    expect([status, body]).toMatchObject([409, { code: 'plan_changed', run: { state: 'plan_changed' } }]);
    expect(await runs.get(body.run?.outcome.successor ?? '')).toMatchObject({ state: 'cancelled' });
  });

  test('a client that hangs up does not stop the run', async () => {
    const holder = gate();
    port.world.during = async () => {
      await holder.opened;
      return undefined;
    };
    const hangUp = new AbortController();
    const call = fetch(`${port.url}/run`, {
      method: 'POST',
      headers: { 'x-api-key': 'the-key' },
      body: '{"name": "films"}',
      signal: hangUp.signal,
    });
    // fetch sends a text as text/plain, which is no JSON.
    expect((await call).status).toBe(415);
    const again = fetch(`${port.url}/run`, {
      method: 'POST',
      headers: { 'x-api-key': 'the-key', 'content-type': 'application/json' },
      body: '{"name": "films"}',
      signal: hangUp.signal,
    }).catch((error: Error) => error.name);
    await until(() => port.world.entered.at(-1) === 'films', 'it runs');
    hangUp.abort();
    expect(await again).toBe('AbortError');
    holder.open();
    const { runs } = port.process.deps.store;
    await until(
      async () => (await runs.list({ limit: 1, intent: 'films' }))[0]?.state === 'succeeded',
      'it succeeded',
    );
  });

  test.each([
    ['an unknown intent', { name: 'photo' }, 404, 'intent_unknown'],
    ['a path for a name', { name: '../../etc/passwd' }, 404, 'intent_unknown'],
    ['a parameter that it does not have', { name: 'photos', params: { replicas: 2 } }, 422, 'params_invalid'],
    ['an unknown member', { name: 'photos', force: true }, 422, 'request_invalid'],
    ['a wrong type', { name: 7 }, 422, 'request_invalid'],
    ['no name', {}, 422, 'request_invalid'],
    ['an empty name', { name: '' }, 422, 'request_invalid'],
    ['a list', [], 422, 'request_invalid'],
    ['null', 'null', 422, 'request_invalid'],
    ['nothing', '', 422, 'request_invalid'],
    ['no JSON', '{"name": photos}', 400, 'request_invalid'],
    ['a form', 'name=photos', 400, 'request_invalid'],
    ['__proto__', '{"name": "photos", "__proto__": {"admin": true}}', 400, 'request_invalid'],
    [
      'constructor.prototype',
      '{"name": "photos", "params": {"constructor": {"prototype": {"a": 1}}}}',
      400,
      'request_invalid',
    ],
    ['a nested parameter', { name: 'photos', params: { a: { b: 1 } } }, 422, 'request_invalid'],
  ])('%s', async (_case, sent, status, code) => {
    const { body, headers } = await port.json('POST', '/run', sent);
    expect(body).toMatchObject({ type: 'about:blank', status, code });
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body.detail.length).toBeGreaterThan(10);
    expect(body.remedy.length).toBeGreaterThan(5);
  });

  test('bad JSON is told with its place', async () => {
    const { body } = await port.json('POST', '/run', '{\n  "name": photos\n}');
    expect(body.detail).toBe('The body is not JSON: line 2, column 11.');
  });

  test('256 KiB and more are too much', async () => {
    const { status, body } = await port.json('POST', '/run', `{"name": "${'x'.repeat(300_000)}"}`);
    expect([status, body.code]).toEqual([413, 'request_invalid']);
  });

  test('a defect in an executor is told without its text', async () => {
    port.world.planBug = true;
    const { status, body } = await port.json('POST', '/run', { name: 'photos' });
    expect([status, body.code]).toEqual([500, 'internal_error']);
    expect(JSON.stringify(body)).not.toContain('bug in plan');
  });
});

describe('rollback_on_failure', () => {
  beforeAll(() => {
    const { steps } = intentNamed('web');
    port.installation.intents.push(
      intentNamed('web', {
        action: 'rollout',
        steps: steps.map((step) => ({ ...step, action: 'rollout' as const })),
      }),
    );
  });

  test('true is what happens anyway; false is refused where something would go back', async () => {
    const { status, body } = await port.json('POST', '/run', { name: 'web', rollback_on_failure: false });
    expect([status, body]).toMatchObject([
      422,
      {
        code: 'params_invalid',
        detail: 'web has a rollout, which always goes back to what ran before when it fails.',
      },
    ]);
    expect((await port.json('POST', '/run', { name: 'web', rollback_on_failure: true })).body.ok).toBe(true);
    expect((await port.json('POST', '/run', { name: 'photos', rollback_on_failure: false })).body.ok).toBe(
      true,
    );
  });
});

describe('Prefer', () => {
  test('respond-async: 202 with a place to look, while it runs', async () => {
    const holder = gate();
    port.world.during = async () => {
      await holder.opened;
      return undefined;
    };
    const { status, body, headers } = await port.json(
      'POST',
      '/run',
      { name: 'photos' },
      { prefer: 'respond-async' },
    );
    expect([status, headers.get('location'), headers.get('preference-applied')]).toEqual([
      202,
      `/runs/${body.id}`,
      'respond-async',
    ]);
    expect(['queued', 'running']).toContain(body.state);
    holder.open();
    await until(
      async () => (await port.json('GET', `/runs/${body.id}`)).body.state === 'succeeded',
      'it succeeded',
    );
  });

  test('wait: what ends in time is answered with its outcome', async () => {
    const prefer = { prefer: 'respond-async, wait=30' };
    expect(await port.json('POST', '/run', { name: 'photos' }, prefer)).toMatchObject({
      status: 200,
      body: { ok: true },
    });
  });
});

test('a run that needs a person is 202 and stays open', async () => {
  const confirmRule = { confirm: 'person', approverRoles: [] } as const;
  port.installation.intents.push(intentNamed('careful', { confirmRule }));
  const { status, body, headers } = await port.json('POST', '/run', { name: 'careful' });
  expect([status, body.state, body.ok]).toEqual([202, 'awaiting', false]);
  expect(headers.get('location')).toBe(`/runs/${body.id}`);
  const several = await port.json('POST', '/orchestrate', { intents: ['careful', 'films'] });
  expect(several.body).toMatchObject({
    ok: false,
    results: [{ intent: 'careful', run: { state: 'awaiting' } }],
    summary: { total: 2, success: 0, failed: 0, waiting: 1, skipped: 1 },
  });
});

test('a large deletion asks for the name once more; without it the preview is withdrawn', async () => {
  port.world.deletions = Array.from({ length: 1001 }, (_, index) => `/dst/${index}`);
  const { status, body } = await port.json('POST', '/run', { name: 'photos' });
  expect([status, body.code]).toEqual([409, 'name_not_typed']);
  const [withdrawn] = await port.process.deps.store.runs.list({ limit: 1, intent: 'photos' });
  expect(withdrawn?.state).toBe('cancelled');
  const typed = await port.json('POST', '/run', { name: 'photos', confirm: 'photos' });
  expect([typed.status, typed.body.ok]).toEqual([200, true]);
});
