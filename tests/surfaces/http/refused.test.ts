import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { networksOf } from '../../../src/surfaces/http/access/address.js';
import { createWrongKeys } from '../../../src/surfaces/http/access/wrong-keys.js';
import { createRefusalLog } from '../../../src/surfaces/http/refusal-log.js';
import { Port, type PortOptions, SECRET } from './port.js';

const opened: Port[] = [];
afterEach(async () => {
  jest.useRealTimers();
  await Promise.all(opened.splice(0).map((port) => port.close()));
});

async function open(options: PortOptions = {}): Promise<Port> {
  const port = await Port.open(options);
  opened.push(port);
  return port;
}

/** Wrong keys that are only refused; the next ones wait. */
const LET_PASS = 20;

describe('wrong keys', () => {
  test.each(['/runs', '/openapi.json', '/status', '/runs/r-7k2m/events'])(
    'at %s an address can try a few a minute, then it gets no verdict',
    async (path) => {
      const port = await open();
      const attempt = (key: string) => port.call('GET', path, undefined, { 'x-api-key': key });
      for (let wrong = 0; wrong < LET_PASS; wrong += 1)
        expect((await attempt(`guess-${wrong}`)).status).toBe(401);
      const late = await attempt('another-guess');
      expect([late.status, Number(late.headers.get('retry-after')) > 50]).toEqual([429, true]);
      // The right one among the guesses isn't told either: it never came from here before.
      expect((await attempt('the-key')).status).toBe(429);
      expect((await fetch(`${port.url}/healthz`)).status).toBe(200);
    },
  );

  test('whose right key came from there before isn’t locked out', async () => {
    const port = await open();
    expect((await port.call('GET', '/runs')).status).toBe(200);
    for (let wrong = 0; wrong <= LET_PASS; wrong += 1) {
      await port.call('GET', '/runs', undefined, { 'x-api-key': 'guess' });
    }
    expect((await port.call('GET', '/runs', undefined, { 'x-api-key': 'guess' })).status).toBe(429);
    expect((await port.call('GET', '/status')).status).toBe(200);
  });

  test('behind a proxy each client has its own', async () => {
    const port = await open({ access: { proxies: networksOf(['127.0.0.1']) } });
    const from = (client: string, key: string) =>
      port.call('GET', '/runs', undefined, { 'x-api-key': key, 'x-forwarded-for': client });
    for (let wrong = 0; wrong < LET_PASS; wrong += 1) await from('192.0.2.1', 'guess');
    expect((await from('192.0.2.1', 'guess')).status).toBe(429);
    expect((await from('192.0.2.2', 'guess')).status).toBe(401);
    expect((await from('192.0.2.2', 'the-key')).status).toBe(200);
  });

  test.each([
    ['github', 'x-hub-signature-256', `sha256=${'0'.repeat(64)}`],
    ['gitlab', 'x-gitlab-token', 'wrong'],
  ])('%s: wrong signatures and tokens too; keys are not concerned', async (provider, header, wrong) => {
    const port = await open();
    const body = '{}';
    const good =
      provider === 'github' ? `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}` : SECRET;
    const deliver = (value: string) => port.call('POST', `/webhook/${provider}`, body, { [header]: value });
    for (let count = 0; count < LET_PASS; count += 1) expect((await deliver(wrong)).status).toBe(401);
    expect((await deliver(wrong)).status).toBe(429);
    expect((await deliver(good)).status).toBe(429);
    expect((await port.call('GET', '/runs')).status).toBe(200);
  });

  test('a minute later they are looked at again', () => {
    let now = 0;
    const keys = createWrongKeys(() => now);
    for (let wrong = 0; wrong < LET_PASS; wrong += 1) keys.wrong('192.0.2.1');
    expect([keys.wait('192.0.2.1', null), keys.wait('192.0.2.2', null)]).toEqual([60, 0]);
    now = 59_500;
    expect(keys.wait('192.0.2.1', 'ci')).toBe(1);
    now = 60_000;
    expect(keys.wait('192.0.2.1', null)).toBe(0);
  });

  test('an IPv6 network counts as one client', () => {
    const keys = createWrongKeys();
    for (let wrong = 0; wrong < LET_PASS; wrong += 1) keys.wrong(`2001:db8::${wrong + 1}`);
    expect([keys.wait('2001:db8::ffff', null) > 0, keys.wait('2001:db8:0:1::1', null)]).toEqual([true, 0]);
  });
});

describe('what a proxy noted can’t be read', () => {
  test.each([
    ['garbage', '<script>'],
    ['nothing', ''],
    ['a name', 'localhost'],
    ['the last of several', '127.0.0.1, ;;;'],
  ])('%s: it doesn’t pass as the proxy', async (_case, note) => {
    const proxies = networksOf(['127.0.0.1']);
    const port = await open({ access: { proxies, allowlist: networksOf(['127.0.0.1', '192.0.2.1']) } });
    const call = (value: string) => port.json('GET', '/runs', undefined, { 'x-forwarded-for': value });
    expect((await call(note)).body).toMatchObject({ status: 403, code: 'ip_blocked' });
    expect((await call('192.0.2.1')).status).toBe(200);
  });
});

describe('lines in the log', () => {
  test('a refused delivery and a refused call leave one, with a figure', async () => {
    const port = await open();
    await port.call('POST', '/webhook/github', '{}', { 'x-hub-signature-256': 'sha256=0' });
    await port.call('GET', '/runs', undefined, { 'x-api-key': 'wrong' });
    await port.call('POST', '/validate', '{broken');
    expect(port.logged).toEqual([
      { reason: 'invalid_signature', path: '/webhook/github', from: '127.0.0.1' },
      { reason: 'invalid_key', path: '/runs', from: '127.0.0.1' },
      { reason: 'request_invalid', path: '/validate', from: '127.0.0.1' },
    ]);
    const metrics = await (await fetch(`${port.url}/metrics`)).text();
    expect(metrics).toContain(
      'chatops_http_refused_total{reason="invalid_signature",path="/webhook/github"} 1',
    );
  });

  test('a flood of the same kind leaves two: the first, and how many followed', () => {
    jest.useFakeTimers();
    const lines: object[] = [];
    const warn = (fields: object, message: string): void => void lines.push({ ...fields, message });
    const log = createRefusalLog({ info: warn, warn, error: warn });
    for (let call = 0; call < 1000; call += 1) {
      log.note({ reason: 'invalid_key', path: '/runs', from: `192.0.2.${call % 250}` });
    }
    log.note({ reason: 'too_large', path: '/runs', from: '192.0.2.7' });
    expect(lines).toHaveLength(2);
    jest.advanceTimersByTime(60_000);
    expect(lines.slice(2)).toEqual([
      {
        reason: 'invalid_key',
        path: '/runs',
        from: '192.0.2.249',
        more: 999,
        message: 'more calls were refused for the same reason',
      },
    ]);
    log.end();
  });
});
