import { afterEach, describe, expect, test } from '@jest/globals';
import { phrase } from '../../../../src/core/model/phrase.js';
import { notice } from '../../../../src/core/model/reasons.js';
import { networksOf } from '../../../../src/surfaces/http/access/address.js';
import { createApiKeys } from '../../../../src/surfaces/http/access/api-keys.js';
import { Port, type PortOptions } from '../port.js';

const opened: Port[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((port) => port.close()));
});

async function open(options: PortOptions = {}): Promise<Port> {
  const port = await Port.open(options);
  opened.push(port);
  return port;
}

const WITH_KEY = ['/status', '/intents', '/runs', '/runs/r-7k2m', '/openapi.json'];
const WITHOUT_KEY = ['/healthz', '/readyz', '/metrics'];

async function authFailures(port: Port): Promise<string[]> {
  const text = await (await fetch(`${port.url}/metrics`)).text();
  return [...text.matchAll(/^chatops_auth_failures_total\{reason="(\w+)"\} (\d+)$/gm)].map(
    ([, reason, count]) => `${reason} ${count}`,
  );
}

describe('keys', () => {
  test('a missing or wrong key is 401 with the way out; probes need none', async () => {
    const port = await open();
    for (const path of WITHOUT_KEY) expect((await fetch(port.url + path)).status).toBe(200);
    for (const path of WITH_KEY) {
      const response = await fetch(port.url + path);
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([
        401,
        'ApiKey header="X-API-Key"',
      ]);
      expect(await response.json()).toMatchObject({ code: 'missing_key', status: 401 });
    }
    const wrong = await port.json('POST', '/run', { name: 'photos' }, { 'x-api-key': 'the-keys' });
    expect(wrong.body).toMatchObject({ status: 401, code: 'invalid_key' });
    expect(port.failures).toEqual([
      ...WITH_KEY.map(() => ({ reason: 'missing_key', from: '127.0.0.1' })),
      { reason: 'invalid_key', from: '127.0.0.1' },
    ]);
    expect(await authFailures(port)).toEqual(['missing_key 5', 'invalid_key 1']);
    expect(port.world.planned).toEqual([]);
  });

  test('a wrong key is told before the body is looked at', async () => {
    const port = await open();
    const { body } = await port.json('POST', '/run', '{broken', { 'x-api-key': 'x' });
    expect(body.code).toBe('invalid_key');
  });

  test('the history and the audit trail name the key', async () => {
    const port = await open();
    const { body } = await port.json('POST', '/run', { name: 'photos' }, { 'x-api-key': 'second-key' });
    expect(body.actor).toEqual({ kind: 'api_key', id: 'ci', name: 'ci' });
    const rows = await port.process.deps.store.audit.list(10);
    expect(new Set(rows.map(({ actor, source }) => `${source} ${actor.kind} ${actor.name}`))).toEqual(
      new Set(['http api_key ci']),
    );
  });

  test('without any key set nobody gets in', async () => {
    const port = await open({ access: { keys: createApiKeys(() => null) } });
    expect((await port.json('GET', '/runs')).body).toMatchObject({ status: 401, code: 'invalid_key' });
    const none = await port.json('GET', '/runs', undefined, { 'x-api-key': '' });
    expect(none.body).toMatchObject({ status: 401, code: 'missing_key' });
    expect(none.body.remedy).toContain('CHATOPS_API_KEY');
  });

  test('what a key may not use is 403', async () => {
    const denied = notice('not_allowed', phrase`ci can’t use runs.`);
    const port = await open({
      access: { mayUse: ({ name }, endpoint) => (name === 'ci' && endpoint === 'runs' ? denied : null) },
    });
    const ci = { 'x-api-key': 'second-key' };
    expect((await port.json('GET', '/runs', undefined, ci)).body).toMatchObject({
      status: 403,
      code: 'not_allowed',
      detail: 'ci can’t use runs.',
    });
    expect((await port.json('GET', '/intents', undefined, ci)).status).toBe(200);
    expect((await port.json('GET', '/runs')).status).toBe(200);
    expect(port.failures).toEqual([{ reason: 'policy', from: 'ci (127.0.0.1)' }]);
  });

  test('a label that does not fit is 403, counted once', async () => {
    const port = await open();
    const { deps } = port.process;
    Object.assign(deps.settings, { approvedLabel: 'prod' });
    const [photos] = port.installation.intents;
    Object.assign(photos ?? {}, { labelRequired: 'staging' });
    expect((await port.json('POST', '/run', { name: 'photos' })).body).toMatchObject({
      status: 403,
      code: 'label_mismatch',
    });
    expect(port.failures).toEqual([{ reason: 'label_mismatch', from: 'CHATOPS_API_KEY (127.0.0.1)' }]);
    expect(await authFailures(port)).toEqual(['label_mismatch 1']);
  });
});

describe('addresses', () => {
  test('who is not on the list is 403, whatever the key or the header say; probes answer', async () => {
    const port = await open({ access: { allowlist: networksOf(['192.0.2.0/24', '::1']) } });
    for (const headers of [{}, { 'x-forwarded-for': '192.0.2.1' }, { 'x-api-key': 'wrong' }]) {
      expect((await port.json('GET', '/runs', undefined, headers)).body).toMatchObject({
        status: 403,
        code: 'ip_blocked',
        detail: 'The address 127.0.0.1 may not call ChatOps.',
      });
    }
    for (const path of WITHOUT_KEY) expect((await fetch(port.url + path)).status).toBe(200);
    expect(await authFailures(port)).toEqual(['ip_blocked 3']);
  });

  test('behind a trusted proxy the address that it noted counts', async () => {
    const port = await open({
      access: { allowlist: networksOf(['192.0.2.0/24']), proxies: networksOf(['127.0.0.1']) },
    });
    const status = async (forwarded: string) =>
      (await port.call('GET', '/runs', undefined, { 'x-forwarded-for': forwarded })).status;
    expect(await status('192.0.2.1')).toBe(200);
    expect(await status('192.0.2.1, 203.0.113.9')).toBe(403);
    expect(await status('203.0.113.9, 192.0.2.1')).toBe(200);
  });

  test('an IPv4 address that comes in over IPv6 is the same address', async () => {
    const port = await open({ host: '::', access: { allowlist: networksOf(['127.0.0.0/8']) } });
    expect((await port.call('GET', '/runs')).status).toBe(200);
  });
});

describe('the rate', () => {
  test('every call counts, refused ones too; others and probes are not touched', async () => {
    const port = await open({ limit: 3 });
    const codes: (string | undefined)[] = [];
    for (const [key, sent] of [
      ['wrong', '{}'],
      ['the-key', '{broken'],
      ['the-key', '{"name": "photos", "dry_run": true}'],
      ['the-key', '{"name": "photos", "dry_run": true}'],
      ['wrong', '{}'],
    ] as const) {
      codes.push((await port.json('POST', '/run', sent, { 'x-api-key': key })).body.code);
    }
    expect(codes).toEqual(['invalid_key', 'request_invalid', undefined, 'rate_limited', 'rate_limited']);
    const refused = await port.json('POST', '/run', {});
    expect(refused.status).toBe(429);
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect((await port.json('POST', '/orchestrate', { intents: ['photos'], dry_run: true })).status).toBe(
      200,
    );
    for (let call = 0; call < 5; call += 1) {
      for (const path of ['/healthz', '/runs', '/intents']) {
        expect((await port.call('GET', path)).status).toBe(200);
      }
    }
  });

  test('a made-up X-Forwarded-For is no new client', async () => {
    const port = await open({ limit: 2 });
    const statuses: number[] = [];
    for (let call = 0; call < 4; call += 1) {
      const headers = { 'x-forwarded-for': `203.0.113.${call}` };
      statuses.push((await port.call('POST', '/run', { name: 'photos', dry_run: true }, headers)).status);
    }
    expect(statuses).toEqual([200, 200, 429, 429]);
  });
});
