import { connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Readiness } from '../../../src/surfaces/http/routes.js';
import { type SidePort, SidePortError, startSidePort } from '../../../src/surfaces/http/side-port.js';

const READY: Readiness = {
  checks: [{ name: 'store', ok: true, detail: 'The database answers.' }],
  warnings: ['2 intent files have errors.'],
};

const opened: SidePort[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((port) => port.close()));
});

interface Options {
  ready?: () => Promise<Readiness>;
  render?: () => Promise<string>;
  requestTimeoutMs?: number;
  host?: string;
  port?: number;
}

async function start({ ready, render, ...more }: Options = {}) {
  const logged: object[] = [];
  const log = (fields: object): void => void logged.push(fields);
  const port = await startSidePort({
    host: '127.0.0.1',
    port: 0,
    ready: ready ?? (async () => READY),
    metrics: { contentType: 'text/plain; version=0.0.4', render: render ?? (async () => 'up 1\n') },
    log: { info: log, warn: log, error: log },
    ...more,
  });
  opened.push(port);
  return { ...port, logged, url: `http://127.0.0.1:${port.port}` };
}

/** Sends bytes and resolves with everything that comes back until the server hangs up. */
function talk(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('answers', () => {
  test('/healthz says that the process lives', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/healthz`);
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('/readyz: warnings do not make it unready', async () => {
    const { url } = await start();
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
    const { url } = await start();
    const response = await fetch(`${url}/metrics`);
    expect([response.headers.get('content-type'), await response.text()]).toEqual([
      'text/plain; version=0.0.4',
      'up 1\n',
    ]);
  });

  test('HEAD has the same headers and no body', async () => {
    const { url } = await start();
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
  ])('%s %s → %i', async (method, path, status, allow) => {
    const { url } = await start();
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
    const { port, url } = await start();
    expect(await talk(port, bytes)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test('headers that never end are cut off', async () => {
    const { port } = await start({ requestTimeoutMs: 200 });
    const answer = await talk(port, 'GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ');
    expect(answer).toMatch(/^HTTP\/1.1 408 Request timeout\r\n/);
    expect(answer).toContain('application/problem+json');
  });
});

describe('the address', () => {
  test('a port in use names the way out', async () => {
    const { port } = await start();
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
    const { port, close } = await start();
    const hanging = talk(
      port,
      'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /healthz HTTP/1.1\r\nX-Unfinished: ',
    );
    await fetch(`http://127.0.0.1:${port}/healthz`);
    await close();
    expect(await hanging).toMatch(/^HTTP\/1.1 200 /);
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  });
});
