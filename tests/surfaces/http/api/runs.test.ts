import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { alice, previewed, until } from '../../../core/harness.js';
import { Port } from '../port.js';

let port: Port;
beforeAll(async () => {
  port = await Port.open();
});
afterAll(() => port.close());
afterEach(() => port.calm());

describe('runs', () => {
  test('the history, one run, its log', async () => {
    const { body } = await port.json('POST', '/run', { name: 'photos' });
    const list = await port.json<object[]>('GET', '/runs?limit=1&intent=photos&state=succeeded');
    expect(list.body).toMatchObject([{ id: body.id, intent: 'photos', state: 'succeeded' }]);
    expect(list.body[0]).not.toHaveProperty('plan');
    const { ok: _ok, dry_run: _dry, stdout: _out, url: _url, ...same } = body;
    expect((await port.json('GET', `/runs/${body.id}`)).body).toEqual({
      ...same,
      progress: { part: 0, step: 0 },
    });
    const log = await port.call('GET', `/runs/${body.id}/log`);
    expect([log.status, log.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
  });

  test.each([
    ['GET', '/runs/r-none', 404, 'run_unknown'],
    ['GET', '/runs/..%2f..%2fetc%2fpasswd', 404, 'run_unknown'],
    ['GET', '/runs/r-none/log', 404, 'run_unknown'],
    ['GET', '/runs/r-none/events', 404, 'run_unknown'],
    ['DELETE', '/runs/r-none', 404, 'run_unknown'],
    ['GET', '/runs?limit=0', 422, 'request_invalid'],
    ['GET', '/runs?limit=1e9', 422, 'request_invalid'],
    ['GET', '/runs?state=gone', 422, 'request_invalid'],
    ['GET', '/runs?state=failed&state=running', 422, 'request_invalid'],
    ['GET', '/runs?order=asc', 422, 'request_invalid'],
    ['GET', '/runs/%E0%A4%A', 400, 'request_invalid'],
    ['GET', `/runs/${'x'.repeat(200)}`, 414, 'request_invalid'],
  ])('%s %s → %i', async (method, path, status, code) => {
    expect((await port.json(method, path)).body).toMatchObject({ status, code });
  });

  test('DELETE stops what runs', async () => {
    port.world.during = (_intent, signal) =>
      new Promise((resolve) => {
        const end = (): void => resolve({ state: 'cancelled', reason: 'stopped', summary: [] });
        if (signal.aborted) end();
        else signal.addEventListener('abort', end);
      });
    const started = await port.json('POST', '/run', { name: 'photos' }, { prefer: 'respond-async' });
    const { id } = started.body;
    await until(async () => (await port.json('GET', `/runs/${id}`)).body.state === 'running', 'it runs');
    const { status, headers } = await port.json('DELETE', `/runs/${id}`);
    expect([status, headers.get('location')]).toEqual([202, `/runs/${id}`]);
    await until(async () => (await port.json('GET', `/runs/${id}`)).body.state === 'cancelled', 'it ended');
    expect((await port.json('DELETE', `/runs/${id}`)).body).toMatchObject({
      status: 409,
      code: 'not_active',
    });
  });

  test('DELETE of somebody else’s open preview is refused and counts', async () => {
    const run = await previewed(port.process, 'photos', { actor: alice });
    const { status, body } = await port.json('DELETE', `/runs/${run.id}`);
    expect([status, body.code]).toEqual([403, 'not_asker']);
    expect(port.failures.at(-1)).toEqual({ reason: 'policy', from: 'CHATOPS_API_KEY (127.0.0.1)' });
  });
});
