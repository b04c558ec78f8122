import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { call, KEY, openApi } from './api-stage.js';
import { type Hostile, hostileRequest, randomOf } from './hostile-requests.js';

const REQUESTS = 10_000;
const AT_ONCE = 16;
const SLOW_ONES = 40;
const SEED = 20_261_122;
/** A leak of 10 KiB a request would end the bot: V8 gets no more than this, in MiB. */
const HEAP = 128;
/** What the garbage collector has not taken yet may differ between two looks. */
const MEMORY_SLACK = 64 * 1024 * 1024;

let opened: Awaited<ReturnType<typeof openApi>> | undefined;
beforeAll(async () => {
  opened = await openApi({
    CHATOPS_HTTP_RATE_LIMIT: '0',
    NODE_OPTIONS: `--max-old-space-size=${HEAP}`,
  });
}, 60_000);
afterAll(() => opened?.stage.end(), 60_000);

/** Sends bytes and resolves with what comes back until the connection ends. */
function talk(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'utf8'));
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
      // What sends no length and keeps the connection open has answered all the same.
      if (answer.length > 200_000) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}

/** A body that comes drop by drop and never ends. */
function drip(port: number): Promise<string> {
  return new Promise((resolve) => {
    const head = `POST /run HTTP/1.1\r\nHost: a\r\nX-API-Key: ${KEY}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`;
    const socket = connect(port, '127.0.0.1', () => socket.write(head));
    const drops = setInterval(() => socket.write(' '), 300);
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(drops);
      resolve(answer);
    });
  });
}

/** Null when the answer is a proper one; else what is wrong with it. */
function fault(answer: string): string | null {
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
  if (!status) return `no answer: ${answer.slice(0, 100)}`;
  if (status >= 500) return answer.slice(0, 600);
  if (status < 400) return null;
  const [head = '', body = ''] = answer.split(/\r\n\r\n(.*)/s);
  if (!/content-type: application\/problem\+json/i.test(head))
    return `no problem document: ${answer.slice(0, 300)}`;
  // HEAD and the like have no body; everything that was sent here wants one.
  const problem = JSON.parse(body) as { status: number; code: string; detail: string };
  const whole = problem.status === status && problem.code.length > 0 && problem.detail.length > 0;
  return whole && !/at .*\.[jt]s:\d/.test(body)
    ? null
    : `not a whole problem document: ${body.slice(0, 300)}`;
}

async function memory(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
}

test(`${REQUESTS} hostile requests: no crash, no 500, memory flat, and a legitimate one is answered`, async () => {
  if (!opened) throw new Error('not open');
  const { url, bot } = opened;
  const port = Number(new URL(url).port);
  const random = randomOf(SEED);
  const faults: string[] = [];
  const statuses = new Map<string, number>();
  const resident: number[] = [];
  let sent = 0;

  const attack = async (): Promise<void> => {
    while (sent < REQUESTS) {
      sent += 1;
      const number = sent;
      const hostile: Hostile = hostileRequest(random, KEY);
      const answer = await talk(port, hostile.bytes);
      const found = fault(answer);
      if (found) faults.push(`${number} ${hostile.kind}: ${found}`);
      const status = answer.slice(9, 12);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (number % 1000 === 0) {
        const legitimate = await call(url, 'POST', '/run', { name: 'photos', dry_run: true });
        if (legitimate.status !== 200) faults.push(`${number} legitimate: ${legitimate.status}`);
        resident.push(await memory(url));
      }
    }
  };
  const slow = Promise.all(Array.from({ length: SLOW_ONES }, () => drip(port)));
  await Promise.all(Array.from({ length: AT_ONCE }, attack));

  expect(faults.slice(0, 5)).toEqual([]);
  expect([...statuses.keys()].sort()).toEqual(
    expect.arrayContaining(['200', '400', '401', '404', '405', '422', '431']),
  );
  for (const answer of await slow) expect(answer).toMatch(/^HTTP\/1.1 408 /);
  const [, , early = 0] = resident;
  const last = Math.min(...resident.slice(-5));
  expect(last - early).toBeLessThan(MEMORY_SLACK);
  expect((await call(url, 'POST', '/run', { name: 'photos' })).status).toBe(200);
  expect(bot.log()).not.toMatch(/a defect|could not answer|unhandled/);
}, 600_000);
