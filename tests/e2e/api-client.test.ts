import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { OpenApiClient, type OpenApiDocument } from '../support/openapi-client.js';
import { githubPush } from '../surfaces/http/webhooks/payloads.js';
import { call, KEY, openApi } from './api-stage.js';

const SECRET = 'a-webhook-secret';

let opened: Awaited<ReturnType<typeof openApi>> | undefined;
let client: OpenApiClient;

beforeAll(async () => {
  opened = await openApi({ CHATOPS_HTTP_RATE_LIMIT: '0', GITHUB_WEBHOOK_SECRET: SECRET });
  const document = await (await call(opened.url, 'GET', '/openapi.json')).json();
  client = new OpenApiClient(document as OpenApiDocument, opened.url, KEY);
}, 60_000);
afterAll(() => opened?.stage.end(), 60_000);

test('a client made of /openapi.json runs the whole API', async () => {
  for (const probe of ['health', 'ready', 'metrics', 'openapi', 'status', 'intents']) {
    expect((await client.call(probe)).status).toBe(200);
  }
  const dry = await client.call('run', { body: { name: 'photos', dry_run: true } });
  expect(dry).toMatchObject({ status: 200, body: { ok: true, state: 'planned' } });
  const run = await client.call('run', { body: { name: 'photos' } });
  expect(run).toMatchObject({ status: 200, body: { ok: true, state: 'succeeded' } });
  const later = await client.call('run', {
    body: { name: 'backup_docker_volumes' },
    parameters: { Prefer: 'respond-async' },
  });
  expect(later.status).toBe(202);
  const { id } = later.body as { id: string };
  const events = await client.call('runEvents', { parameters: { id } });
  expect(events.body).toContain('event: finished');
  expect(await client.call('runEvents', { parameters: { id, 'Last-Event-ID': 'end' } })).toMatchObject({
    status: 204,
  });
  expect(await client.call('getRun', { parameters: { id } })).toMatchObject({ body: { state: 'succeeded' } });
  expect((await client.call('getRunLog', { parameters: { id } })).status).toBe(200);
  expect(await client.call('stopRun', { parameters: { id } })).toMatchObject({ status: 409 });
  const runs = await client.call('runs', { parameters: { limit: '2', state: 'succeeded' } });
  expect(runs.body).toHaveLength(2);
  const several = { intents: ['photos', 'nowhere', 'backup_docker_volumes'], stop_on_failure: false };
  expect(await client.call('orchestrate', { body: several })).toMatchObject({
    body: { ok: false, summary: { total: 3, success: 2, failed: 1 } },
  });
  for (const [text, valid] of [
    ['action: dance', false],
    ['action: scale\nstack: web\nservice: web\nreplicas: 2\n', true],
  ] as const) {
    expect(await client.call('validate', { body: { yaml_content: text } })).toMatchObject({
      body: { valid },
    });
  }
  for (const [operation, parameters] of [
    ['getRun', { id: 'r-none' }],
    ['getRunLog', { id: 'r-none' }],
    ['runEvents', { id: 'r-none' }],
    ['stopRun', { id: 'r-none' }],
  ] as const) {
    expect(await client.call(operation, { parameters })).toMatchObject({ status: 404 });
  }
  expect(await client.call('run', { body: { name: 'nowhere' } })).toMatchObject({ status: 404 });
  expect(await client.call('runs', { parameters: { limit: '0' } })).toMatchObject({ status: 422 });

  expect(await client.call('circuits', {})).toMatchObject({ status: 200, body: [] });
  expect(await client.call('retryCircuit', { parameters: { target: 'docker:local' } })).toMatchObject({
    status: 404,
    body: { code: 'circuit_unknown' },
  });

  expect(await client.call('schedules', {})).toMatchObject({ status: 200 });
  expect(await client.call('reloadSchedules', {})).toMatchObject({ status: 200, body: { ok: true } });
  const now = { name: 'photos', dry_run: true };
  expect(await client.call('runSchedule', { body: now })).toMatchObject({ status: 200, body: { ok: true } });

  const payload = githubPush({ messages: ['[chatops:intent=photos]'] });
  const signature = createHmac('sha256', SECRET).update(JSON.stringify(payload)).digest('hex');
  const signed = { 'X-GitHub-Event': 'push', 'X-Hub-Signature-256': `sha256=${signature}` };
  for (const [parameters, status] of [
    [signed, 202],
    [signed, 200],
    [{ ...signed, 'X-GitHub-Event': 'pull_request' }, 422],
    [{}, 401],
  ] as const) {
    expect(await client.call('githubWebhook', { body: payload, parameters })).toMatchObject({ status });
  }
  expect(await client.call('gitlabWebhook', { body: {} })).toMatchObject({ status: 401 });

  expect([...client.seen.keys()].sort()).toEqual(client.operationIds);
}, 120_000);

test('the key matters', async () => {
  if (!opened) throw new Error('not open');
  const document = await (await call(opened.url, 'GET', '/openapi.json')).json();
  const stranger = new OpenApiClient(document as OpenApiDocument, opened.url, 'wrong');
  for (const id of ['status', 'intents', 'runs', 'openapi']) {
    expect(await stranger.call(id)).toMatchObject({ status: 401, body: { code: 'invalid_key' } });
  }
});
