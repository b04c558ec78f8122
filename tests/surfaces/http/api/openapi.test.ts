import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Port } from '../port.js';

let port: Port;
let document: {
  paths: Record<string, Record<string, { operationId: string; responses: object; security: object[] }>>;
};
beforeAll(async () => {
  port = await Port.open();
  document = (await port.json<typeof document>('GET', '/openapi.json')).body;
});
afterAll(() => port.close());

describe('/openapi.json', () => {
  test('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(document));
    expect(result).toMatchObject({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  test('describes everything that is served, each with its own id', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => `${method} ${path} ${operationId}`),
    );
    expect(operations.sort()).toEqual([
      'delete /runs/{id} stopRun',
      'get /circuits circuits',
      'get /healthz health',
      'get /intents intents',
      'get /metrics metrics',
      'get /openapi.json openapi',
      'get /readyz ready',
      'get /runs runs',
      'get /runs/{id} getRun',
      'get /runs/{id}/events runEvents',
      'get /runs/{id}/log getRunLog',
      'get /schedules schedules',
      'get /status status',
      'post /circuits/{target}/retry retryCircuit',
      'post /orchestrate orchestrate',
      'post /run run',
      'post /schedules/reload reloadSchedules',
      'post /schedules/run_now runSchedule',
      'post /validate validate',
      'post /webhook/github githubWebhook',
      'post /webhook/gitlab gitlabWebhook',
    ]);
  });

  test('says which need no key', () => {
    const open = Object.entries(document.paths)
      .flatMap(([path, methods]) => Object.values(methods).map(({ security }) => ({ path, security })))
      .filter(({ security }) => security.length === 0)
      .map(({ path }) => path);
    expect(open).toEqual(['/healthz', '/readyz', '/metrics', '/webhook/github', '/webhook/gitlab']);
  });
});
