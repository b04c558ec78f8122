import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { SidePortError } from '../../../src/surfaces/http/side-port.js';
import { Port, type PortOptions, READY } from './port.js';

const opened: Port[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((port) => port.close()));
});

async function start(options: PortOptions = {}): Promise<Port> {
  const port = await Port.open(options);
  opened.push(port);
  return port;
}

let shared: Port;
beforeAll(async () => {
  shared = await Port.open();
});
afterAll(() => shared.close());

describe('answers', () => {
  test('/healthz says that the process lives', async () => {
    const { url } = shared;
    const response = await fetch(`${url}/healthz`);
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('/readyz: warnings do not make it unready', async () => {
    const { url } = shared;
    const response = await fetch(`${url}/readyz?verbose`);
    expect([response.status, await response.json()]).toEqual([200, { status: 'ready', ...READY }]);
  });

  test('/readyz: one check that fails gives 503 with the reasons', async () => {
    const checks = [
      { name: 'store', ok: true, detail: 'The database answers.' },
      { name: 'discord', ok: false, detail: 'Discord has not answered for 30 s.' },
    ];
    const { url } = await start({ ready: async () => ({ checks, warnings: [] }) });
    const response = await fetch(`${url}/readyz`);
    expect([response.status, await response.json()]).toEqual([
      503,
      { status: 'not ready', checks, warnings: [] },
    ]);
  });

  test('/metrics carries the registry’s own content type', async () => {
    const { url } = shared;
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toContain('chatops_build_info{version="1.2.3"} 1\n');
  });

  test('HEAD has the same headers and no body', async () => {
    const { url } = shared;
    const response = await fetch(`${url}/healthz`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
      200,
      '16',
      '',
    ]);
  });

  test.each([
    ['GET', '/', 404, null],
    ['GET', '/healthz/', 404, null],
    ['GET', '/../healthz', 200, null],
    ['GET', '/constructor', 404, null],
    ['POST', '/healthz', 405, 'GET, HEAD'],
    ['DELETE', '/metrics', 405, 'GET, HEAD'],
    ['POST', '/nowhere', 404, null],
    ['PUT', '/run', 405, 'POST'],
    ['PATCH', '/runs/r-7k2m', 405, 'GET, DELETE, HEAD'],
  ])('%s %s → %i', async (method, path, status, allow) => {
    const { url } = shared;
    const response = await fetch(`${url}${path}`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([status, allow]);
    if (status === 200) return;
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ type: 'about:blank', status });
  });

  test('a failure inside is a 500 without its text; the log has it', async () => {
    const { url, logged } = await start({
      ready: async () => {
        throw new Error('password=hunter2');
      },
    });
    const response = await fetch(`${url}/readyz`);
    const body = await response.text();
    expect([response.status, JSON.parse(body).title]).toEqual([500, 'Internal error']);
    expect(body).not.toMatch(/hunter2|at .*\.ts/);
    expect(logged).toEqual([{ err: new Error('password=hunter2'), url: '/readyz' }]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});

describe('bad clients', () => {
  test.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['a header that is none', 'GET / HTTP/1.1\r\nHost: a\r\nbroken header\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
    ['10 KiB of headers', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(10_240)}\r\n\r\n`, 431],
  ])('%s', async (_case, bytes, status) => {
    const port = shared;
    expect(await port.talk(bytes)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect((await fetch(`${port.url}/healthz`)).status).toBe(200);
  });

  test('headers that never end are cut off', async () => {
    const port = await start({ requestTimeoutMs: 200 });
    const answer = await port.talk('GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ');
    expect(answer).toMatch(/^HTTP\/1.1 408 Request timeout\r\n/);
    expect(answer).toContain('application/problem+json');
  });
});

describe('the address', () => {
  test('a port in use names the way out', async () => {
    const { port } = (await start()).side;
    const attempt = start({ port });
    await expect(attempt).rejects.toThrow(SidePortError);
    await expect(attempt).rejects.toMatchObject({
      message: `The side port 127.0.0.1:${port} is used by another program.`,
      remedy: 'Set CHATOPS_HTTP_PORT to a free port, or stop the other program.',
    });
  });

  test('an address that this machine does not have', async () => {
    await expect(start({ host: '192.0.2.1' })).rejects.toMatchObject({
      message: 'The side port 192.0.2.1:0 is no address of this machine.',
    });
  });

  test('close frees the port although a client is in the middle of a request', async () => {
    const port = await start();
    const hanging = port.talk(
      'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /healthz HTTP/1.1\r\nX-Unfinished: ',
    );
    await fetch(`${port.url}/healthz`);
    await port.side.close();
    expect(await hanging).toMatch(/^HTTP\/1.1 200 /);
    await expect(fetch(`${port.url}/healthz`)).rejects.toThrow();
  });
});
