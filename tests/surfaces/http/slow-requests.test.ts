import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../../core/harness.js';
import { KEY, Port } from './port.js';

const TIME_MS = 400;
const MIB_MS = 1000;
/** A busy machine may be late by so much, in ms. */
const SLACK_MS = 900;

let port: Port;
beforeAll(async () => {
  port = await Port.open({ requestTimeoutMs: TIME_MS });
});
afterAll(() => port.close());

interface Talk {
  readonly text: string;
  /** How long the connection lived, in ms. */
  readonly lived: number;
}

/** Sends the text, then one byte now and then; while it does, it never ends the connection by itself. */
function drip(text: string, everyMs: number | null = 100): Promise<Talk> {
  return new Promise((resolve) => {
    const began = performance.now();
    const socket: Socket = connect(
      { port: port.side.port, host: '127.0.0.1', allowHalfOpen: everyMs !== null },
      () => void socket.write(text),
    );
    const drops = everyMs === null ? undefined : setInterval(() => socket.write('x'), everyMs);
    let answer = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      answer += part;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(drops);
      resolve({ text: answer, lived: performance.now() - began });
    });
  });
}

const POST = (path: string, ...headers: string[]): string =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`;
const JSON_TYPE = 'Content-Type: application/json';
const LENGTH = 'Content-Length: 20000';

describe('a body that doesn’t come in time', () => {
  test.each([
    ['a webhook’s, nothing of it', POST('/webhook/github', JSON_TYPE, LENGTH), null],
    ['a webhook’s, a byte now and then', POST('/webhook/github', JSON_TYPE, LENGTH), 50],
    ['one with a key', POST('/run', `X-API-Key: ${KEY}`, JSON_TYPE, LENGTH), 50],
    ['in chunks', `${POST('/webhook/gitlab', JSON_TYPE, 'Transfer-Encoding: chunked')}1\r\nx\r\n`, null],
    ['a chunk that never ends', `${POST('/webhook/gitlab', 'Transfer-Encoding: chunked')}fff\r\n`, 50],
    ['after “Expect: 100-continue”', POST('/webhook/github', 'Expect: 100-continue', LENGTH), 50],
    [
      'of the second request on a connection',
      `GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n${POST('/webhook/github', LENGTH)}`,
      50,
    ],
  ])('%s', async (_case, text, everyMs) => {
    const { text: answer, lived } = await drip(text, everyMs);
    expect(answer).toMatch(/HTTP\/1\.1 408 Request timeout\r\n/);
    expect(lived).toBeGreaterThan(TIME_MS - 50);
    // The connection is taken from a client that doesn't end it by itself.
    expect(lived).toBeLessThan(TIME_MS + 1000 + SLACK_MS);
  });

  test.each([
    ['without a key', '/run', 401],
    ['of a path that is not served', '/nowhere', 404],
    ['of a method that is not served', '/healthz', 405],
  ])('%s: answered at once, and the connection ends soon', async (_case, path, status) => {
    const { text, lived } = await drip(POST(path, JSON_TYPE, LENGTH), 50);
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(lived).toBeLessThan(TIME_MS + 1000 + SLACK_MS);
  });

  test('a large body has a second more for each MiB, and not for what it promises beyond the limit', async () => {
    const large = await drip(POST('/webhook/github', JSON_TYPE, `Content-Length: ${2 * 1024 * 1024}`), 50);
    expect(large.lived).toBeGreaterThan(TIME_MS + 2 * MIB_MS - 50);
    expect(large.lived).toBeLessThan(TIME_MS + 2 * MIB_MS + 1000 + SLACK_MS);
    const larger = await drip(POST('/webhook/github', JSON_TYPE, `Content-Length: ${1024 ** 3}`), 50);
    expect(larger.text).toMatch(/^HTTP\/1\.1 413 /);
    expect(larger.lived).toBeLessThan(1000 + SLACK_MS);
  });

  test('one that comes slowly but in time is taken', async () => {
    const body = '{"name": "photos", "dry_run": true}';
    const socket = connect(port.side.port, '127.0.0.1', () =>
      socket.write(
        POST('/run', `X-API-Key: ${KEY}`, JSON_TYPE, `Content-Length: ${body.length}`) + body.slice(0, 9),
      ),
    );
    let answer = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      answer += part;
    });
    setTimeout(() => socket.write(body.slice(9)), TIME_MS / 2);
    await until(() => answer !== '', 'it is answered');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  });
});

test.each([
  ['at first', ''],
  ['after a request', 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'],
])('a head that never ends, %s', async (_case, before) => {
  const { text, lived } = await drip(`${before}GET /healthz HTTP/1.1\r\nHost: a\r\nX-`, 50);
  expect(text).toContain('HTTP/1.1 408 ');
  expect(lived).toBeLessThan(TIME_MS + 250 + 1000 + SLACK_MS);
});

test('a body that is larger than allowed is refused before it came, with a line and a figure', async () => {
  const chunk = `40000\r\n${'x'.repeat(0x40000)}\r\n`;
  const { text } = await drip(
    POST('/webhook/github', JSON_TYPE, 'Transfer-Encoding: chunked') + chunk.repeat(12),
    null,
  );
  expect(text).toMatch(/^HTTP\/1\.1 413 /);
  expect(port.logged).toContainEqual({ reason: 'too_large', path: '/webhook/github', from: '127.0.0.1' });
  const metrics = await (await fetch(`${port.url}/metrics`)).text();
  expect(metrics).toMatch(
    /^chatops_http_refused_total\{reason="too_large",path="\/webhook\/github"\} [1-9]/m,
  );
  expect(metrics).toMatch(/^chatops_http_refused_total\{reason="too_slow",path="\/run"\} 1$/m);
});
