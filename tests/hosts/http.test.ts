import { createServer as plainServer, type RequestListener, type Server } from 'node:http';
import { createServer as tlsServer } from 'node:https';
import { type AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { HttpClientError, type HttpRequest } from '../../src/core/ports/http-client.js';
import { createHttpClient, type HttpClientSettings } from '../../src/hosts/http.js';
import { makeCertificates } from '../support/proxmox/certificate.js';

const certificates = makeCertificates();
const servers: Server[] = [];

async function listen(server: Server, address = '127.0.0.1'): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return (server.address() as AddressInfo).port;
}

async function secure(listener: RequestListener, address?: string): Promise<number> {
  return listen(
    tlsServer({ key: certificates.key, cert: certificates.cert }, listener) as unknown as Server,
    address,
  );
}

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const settings: HttpClientSettings = { ca: certificates.ca, resolveSecret: () => 's3cr3t-value' };

async function faultOf(
  request: HttpRequest,
  more: Partial<HttpClientSettings> = {},
): Promise<HttpClientError> {
  try {
    await createHttpClient({ ...settings, ...more }).request(request);
  } catch (error) {
    if (error instanceof HttpClientError) return error;
    throw error;
  }
  throw new Error('there was an answer');
}

test('many questions at once share sixteen connections', async () => {
  let most = 0;
  const port = await listen(
    plainServer((_request, response) => {
      server.getConnections((_, count) => {
        most = Math.max(most, count);
        setTimeout(() => response.end(), 5);
      });
    }),
  );
  const [server] = servers as [Server];
  const client = createHttpClient(settings);
  const ask = () => client.request({ method: 'GET', url: `http://127.0.0.1:${port}/` });
  const answers = await Promise.all(Array.from({ length: 100 }, ask));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(most).toBe(16);
});

test.each([
  ['plain', async (listener: RequestListener) => `http://127.0.0.1:${await listen(plainServer(listener))}/`],
  ['TLS', async (listener: RequestListener) => `https://127.0.0.1:${await secure(listener)}/`],
])('questions over a kept %s connection leave nothing behind on it', async (_, serve) => {
  const client = createHttpClient(settings);
  const url = await serve((_request, response) => response.end());
  const once = jest.spyOn(Socket.prototype, 'once');
  for (let asked = 0; asked < 20; asked += 1) await client.request({ method: 'GET', url });
  const sockets = new Set(once.mock.contexts as Socket[]);
  once.mockRestore();
  const left = [...sockets].map((socket) => [
    socket.listenerCount('connect'),
    socket.listenerCount('secureConnect'),
  ]);
  expect(left.length).toBeGreaterThan(0);
  expect(Math.max(...left.flat())).toBeLessThanOrEqual(1);
});

describe('answers', () => {
  test('any status is an answer, with its reason and its body', async () => {
    const port = await secure((_request, response) => {
      response.writeHead(403, 'Permission check failed (/vms/101, VM.Backup)', { 'X-Reason': ['a', 'b'] });
      response.end('{"data":null}');
    });
    const answer = await createHttpClient(settings).request({
      method: 'GET',
      url: `https://localhost:${port}/`,
    });
    expect(answer).toEqual({
      status: 403,
      statusText: 'Permission check failed (/vms/101, VM.Backup)',
      headers: expect.objectContaining({ 'x-reason': 'a, b' }),
      body: '{"data":null}',
    });
  });

  test('method, headers with a secret in them, and body arrive as they were given', async () => {
    const port = await secure((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { authorization, 'content-length': length } = request.headers;
        const body = Buffer.concat(chunks).toString();
        response.end(JSON.stringify([request.method, request.url, authorization, length, body]));
      });
    });
    const { body } = await createHttpClient(settings).request({
      method: 'POST',
      url: `https://127.0.0.1:${port}/a?b=c`,
      headers: { authorization: ['Token=', { secret: 'X' }] },
      body: 'größe=1',
    });
    expect(JSON.parse(body)).toEqual(['POST', '/a?b=c', 'Token=s3cr3t-value', '9', 'größe=1']);
  });

  test('redirects are not followed', async () => {
    let asked = 0;
    const port = await secure((_request, response) => {
      asked += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    const answer = await createHttpClient(settings).request({
      method: 'GET',
      url: `https://localhost:${port}/`,
    });
    expect([answer.status, asked]).toEqual([302, 1]);
  });

  test('plain HTTP works for addresses that say so', async () => {
    const port = await listen(plainServer((_request, response) => response.end('plain')));
    const answer = await createHttpClient(settings).request({
      method: 'GET',
      url: `http://127.0.0.1:${port}/`,
    });
    expect(answer.body).toBe('plain');
  });
});

describe('no answer', () => {
  test('a certificate of an unknown authority ends before anything was said', async () => {
    let asked = 0;
    const port = await secure((_request, response) => {
      asked += 1;
      response.end();
    });
    const request = { method: 'GET', url: `https://localhost:${port}/` } as const;
    expect(await faultOf(request, { ca: null })).toMatchObject({ fault: 'untrusted', sent: false });
    expect(await faultOf(request, { ca: makeCertificates().ca })).toMatchObject({
      fault: 'untrusted',
      sent: false,
    });
    expect(asked).toBe(0);
  });

  test('a certificate for another name is not trusted either', async () => {
    const port = await secure((_request, response) => response.end(), '0.0.0.0');
    const fault = await faultOf({ method: 'GET', url: `https://127.0.0.2:${port}/` });
    expect(fault).toMatchObject({ fault: 'untrusted', sent: false });
  });

  test('nobody listens', async () => {
    const port = await listen(plainServer());
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    const fault = await faultOf({ method: 'GET', url: `https://localhost:${port}/` });
    expect(fault).toMatchObject({ fault: 'unreachable', sent: false });
    expect(fault.message).toContain('ECONNREFUSED');
  });

  test('a connection that breaks in the middle may have been understood', async () => {
    const port = await secure((request) => request.socket.destroy());
    expect(await faultOf({ method: 'GET', url: `https://localhost:${port}/` })).toMatchObject({
      fault: 'unreachable',
      sent: true,
    });
  });

  test('an answer that is cut off is none', async () => {
    const port = await secure((request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setTimeout(() => request.socket.destroy(), 20);
    });
    expect(await faultOf({ method: 'GET', url: `https://localhost:${port}/` })).toMatchObject({
      fault: 'unreachable',
    });
  });

  test('an answer that never comes', async () => {
    const port = await secure(() => {});
    const fault = await faultOf({ method: 'GET', url: `https://localhost:${port}/`, timeoutMs: 200 });
    expect(fault).toMatchObject({
      fault: 'timeout',
      message: `localhost:${port} did not answer within 0.2 s.`,
    });
  });

  test('an answer that never ends, and one that is too large', async () => {
    const port = await secure((_request, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      const more = (): void => {
        while (response.write(chunk));
        response.once('drain', more);
      };
      more();
    });
    const request = { method: 'GET', url: `https://localhost:${port}/` } as const;
    expect(await faultOf(request, { maxBytes: 1024 * 1024 })).toMatchObject({ fault: 'too_large' });
  });

  test('the caller ends it', async () => {
    const stop = new AbortController();
    const port = await secure(() => stop.abort());
    const fault = await faultOf({ method: 'GET', url: `https://localhost:${port}/`, signal: stop.signal });
    expect(fault).toMatchObject({ fault: 'aborted' });
  });

  test('no message holds the secret', async () => {
    const port = await secure((request) => request.socket.destroy());
    const headers = { authorization: { secret: 'X' } };
    const fault = await faultOf({ method: 'GET', url: `https://localhost:${port}/`, headers });
    expect(JSON.stringify([fault.message, String(fault.stack)])).not.toContain('s3cr3t-value');
  });
});
